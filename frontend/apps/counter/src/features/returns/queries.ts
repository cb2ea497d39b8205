import type {
  FoundReceipts,
  GoodsByHand,
  PurchaseDetail,
  ReturnDone,
  ReturnEffect,
  ReturnPolicyTold,
} from "@enishi/api/types.ts";
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { watched } from "../../shell/watched.ts";
import type { Chosen } from "./chosen.ts";

function pathOf(purchaseId: string): string {
  return `/api/counter/purchases/${encodeURIComponent(purchaseId)}`;
}

/** The receipt as it is now: another tablet may have taken goods back a moment ago. */
export function useReceipt(purchaseId: string) {
  return useQuery({
    queryKey: ["customer", "receipt", purchaseId],
    queryFn: () => watched<PurchaseDetail>(pathOf(purchaseId)),
    staleTime: 0,
    gcTime: 0,
  });
}

function linesOf(chosen: Chosen): { line: number; quantity: number }[] {
  return [...chosen].map(([line, quantity]) => ({ line, quantity }));
}

/** What taking back what is chosen would do. The figures of the last choice stay until the new ones are there. */
export function useQuote(purchaseId: string, chosen: Chosen, store: string) {
  const lines = linesOf(chosen);
  return useQuery({
    queryKey: ["customer", "returning", purchaseId, lines, store],
    queryFn: () => watched<ReturnEffect>(`${pathOf(purchaseId)}/returns:quote`, { method: "POST", body: { lines, store: store || null } }),
    enabled: lines.length > 0,
    staleTime: 0,
    placeholderData: keepPreviousData,
  });
}

export function useReturn(purchaseId: string, customerId: string | null, requestId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ chosen, store }: { chosen: Chosen; store: string }) =>
      watched<ReturnDone>(`${pathOf(purchaseId)}/returns`, {
        method: "POST",
        body: { request_id: requestId, lines: linesOf(chosen), store: store || null },
      }),
    onSuccess: () => client.invalidateQueries({ queryKey: ["customer", customerId] }),
    // Without a network it fails at once and says so; nothing is sent by itself once the network is back.
    networkMode: "always",
  });
}

/** Receipts by their number, of whichever of the operator's stores. */
export function useFindReceipts() {
  return useMutation({
    mutationFn: (number: string) =>
      watched<FoundReceipts>("/api/counter/receipts:find", { method: "POST", body: { number } }),
    networkMode: "always",
  });
}

/** What a return does to points, of this receipt or (null) without one. */
export function useReturnPolicy(purchaseId: string | null) {
  return useQuery({
    queryKey: ["customer", "policy", purchaseId],
    queryFn: () =>
      watched<ReturnPolicyTold>(
        purchaseId === null
          ? "/api/counter/returns/policy"
          : `/api/counter/returns/policy?purchase_id=${encodeURIComponent(purchaseId)}`,
      ),
    staleTime: 60_000,
  });
}

interface HandBody {
  store: string;
  customer_id: string | null;
  goods: GoodsByHand[];
}

/** What taking back goods without a receipt would do. */
export function useHandQuote(body: HandBody | null) {
  return useQuery({
    queryKey: ["customer", "by-hand", body],
    queryFn: () => watched<ReturnEffect>("/api/counter/returns:quote", { method: "POST", body }),
    enabled: body !== null,
    staleTime: 0,
    placeholderData: keepPreviousData,
  });
}

export function useHandReturn(customerId: string | null, requestId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: HandBody) =>
      watched<ReturnDone>("/api/counter/returns", { method: "POST", body: { ...body, request_id: requestId } }),
    onSuccess: () => client.invalidateQueries({ queryKey: ["customer", customerId] }),
    networkMode: "always",
  });
}
