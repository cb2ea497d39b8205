import type { ClaimEffect, ReceiptProof } from "@enishi/api/types.ts";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { watched } from "../../shell/watched.ts";

function pathOf(customerId: string): string {
  return `/api/counter/customers/${encodeURIComponent(customerId)}/claims`;
}

/** The receipt and what it would earn. Nothing is written. */
export function useClaimQuote(customerId: string) {
  return useMutation({
    mutationFn: (proof: ReceiptProof) =>
      watched<ClaimEffect>(`${pathOf(customerId)}:quote`, { method: "POST", body: proof }),
    networkMode: "always",
  });
}

/** Claims the receipt. The receipt itself is the key: pressing again finds what was done. */
export function useClaim(customerId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (proof: ReceiptProof) => watched<ClaimEffect>(pathOf(customerId), { method: "POST", body: proof }),
    onSuccess: () => client.invalidateQueries({ queryKey: ["customer", customerId] }),
    networkMode: "always",
  });
}
