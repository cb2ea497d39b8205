import { withQuery } from "@enishi/api/client.ts";
import type { CounterReferral, CustomerBenefits, GiveShown, GivenBenefit, OwnReferral } from "@enishi/api/types.ts";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { watched } from "../../shell/watched.ts";

function pathOf(customerId: string, part: string): string {
  return `/api/counter/customers/${encodeURIComponent(customerId)}/${part}`;
}

export function useBenefits(customerId: string, store: string, online: boolean) {
  return useQuery({
    queryKey: ["customer", customerId, "benefits", store],
    queryFn: () => watched<CustomerBenefits>(withQuery(pathOf(customerId, "benefits"), { store })),
    enabled: online,
  });
}

/** Marks a benefit as given. The request's own name makes a second press harmless. */
export function useGive(customerId: string, onRefused: (error: unknown) => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ code, store, requestId }: { code: string; store: string; requestId: string }) =>
      watched<GivenBenefit>(`${pathOf(customerId, "benefits")}/${encodeURIComponent(code)}/give`, {
        method: "POST",
        body: { store, request_id: requestId },
      }),
    onError: onRefused,
    onSettled: () => client.invalidateQueries({ queryKey: ["customer", customerId, "benefits"] }),
    networkMode: "always",
  });
}

export function useUndo(customerId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: { give_id: string; reason: string }) =>
      watched<GiveShown>(`${pathOf(customerId, "benefits")}:undo`, { method: "POST", body }),
    onSuccess: () => client.invalidateQueries({ queryKey: ["customer", customerId, "benefits"] }),
    networkMode: "always",
  });
}

export function useReferral(customerId: string, online: boolean) {
  return useQuery({
    queryKey: ["customer", customerId, "referral"],
    queryFn: () => watched<CounterReferral>(pathOf(customerId, "referral")),
    enabled: online,
  });
}

export function useClaimCode(customerId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: { code: string; store: string; terminal: string }) =>
      watched<OwnReferral>(pathOf(customerId, "referral"), { method: "POST", body }),
    onSuccess: () => client.invalidateQueries({ queryKey: ["customer", customerId, "referral"] }),
    networkMode: "always",
  });
}

const TERMINAL = "enishi.counter.terminal";

/** A name of this tablet's own, made once: many codes entered here in a short time are looked at. */
export function terminalName(): string {
  const known = localStorage.getItem(TERMINAL);
  if (known !== null) return known;
  const fresh = `tablet-${crypto.getRandomValues(new Uint32Array(2)).join("-")}`;
  localStorage.setItem(TERMINAL, fresh);
  return fresh;
}

/** A random UUID; browsers without a secure context have no function for it. */
export function newRequestId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
