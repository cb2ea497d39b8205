/** Asking and giving: each order carries a name of its own, so that pressing again never does anything twice. */
import { request } from "@enishi/api/client.ts";
import type { MyTransfers, TransferShown } from "@enishi/api/types.ts";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { get, patience } from "../../queries.ts";

export type Order = { way: "gift"; to: string; points: number } | { way: "pool"; points: number };

export function useTransfers() {
  return useQuery({ queryKey: ["transfers"], queryFn: () => get<MyTransfers>("/api/my/transfers") });
}

function bodyOf(order: Order): { to?: string; points: number } {
  return order.way === "gift" ? { to: order.to, points: order.points } : { points: order.points };
}

function pathOf(order: Order): string {
  return order.way === "gift" ? "/api/my/gifts" : "/api/my/pool";
}

export function useQuoteTransfer() {
  return useMutation({
    mutationFn: (order: Order) =>
      request<TransferShown>(`${pathOf(order)}:quote`, { method: "POST", body: bodyOf(order), signal: patience() }),
    networkMode: "always",
  });
}

export function useTransfer(requestId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (order: Order) =>
      request<TransferShown>(pathOf(order), {
        method: "POST",
        body: { ...bodyOf(order), request_id: requestId },
        signal: patience(),
      }),
    onSuccess: () => {
      for (const key of ["transfers", "card", "history"]) void client.invalidateQueries({ queryKey: [key] });
    },
    networkMode: "always",
  });
}

/** A name for one order, as a UUID. `crypto.randomUUID` is missing where the page is not served over TLS. */
export function newRequestId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
