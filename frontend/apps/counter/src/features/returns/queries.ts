import { request } from "@enishi/api/client.ts";
import type { PurchaseDetail, ReturnDone, ReturnEffect } from "@enishi/api/types.ts";
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { noteAnswer, noteFailure } from "../../shell/connection.ts";
import type { Chosen } from "./chosen.ts";

function pathOf(purchaseId: string): string {
  return `/api/counter/purchases/${encodeURIComponent(purchaseId)}`;
}

async function watched<T>(path: string, options?: { method: "POST"; body: unknown }): Promise<T> {
  try {
    const answer = await request<T>(path, options);
    noteAnswer();
    return answer;
  } catch (error) {
    noteFailure(error);
    throw error;
  }
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
export function useQuote(purchaseId: string, chosen: Chosen) {
  const lines = linesOf(chosen);
  return useQuery({
    queryKey: ["customer", "returning", purchaseId, lines],
    queryFn: () => watched<ReturnEffect>(`${pathOf(purchaseId)}/returns:quote`, { method: "POST", body: { lines } }),
    enabled: lines.length > 0,
    staleTime: 0,
    placeholderData: keepPreviousData,
  });
}

export function useReturn(purchaseId: string, customerId: string, requestId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (chosen: Chosen) =>
      watched<ReturnDone>(`${pathOf(purchaseId)}/returns`, {
        method: "POST",
        body: { request_id: requestId, lines: linesOf(chosen) },
      }),
    onSuccess: () => client.invalidateQueries({ queryKey: ["customer", customerId] }),
    // Without a network it fails at once and says so; nothing is sent by itself once the network is back.
    networkMode: "always",
  });
}
