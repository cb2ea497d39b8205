import { request } from "@enishi/api/client.ts";
import type { MergeEffect, MergesPage } from "@enishi/api/types.ts";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

function pathOf(customerId: string): string {
  return `/api/console/customers/${encodeURIComponent(customerId)}/merges`;
}

function post(path: string, body: unknown): Promise<MergeEffect> {
  return request<MergeEffect>(path, { method: "POST", body });
}

/** Into whom a customer was merged, who is part of them, and with whom receipts were shared. */
export function useMerges(customerId: string) {
  return useQuery({
    queryKey: ["customers", customerId, "merges"],
    queryFn: ({ signal }) => request<MergesPage>(pathOf(customerId), { signal }),
  });
}

export interface MergeBody {
  other_id: string;
  survivor: "this" | "other";
}

export function usePreviewMerge(customerId: string) {
  return useMutation({ mutationFn: (body: MergeBody) => post(`${pathOf(customerId)}:preview`, body) });
}

export function useMerge(customerId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: MergeBody & { reason: string; request_id: string }) => post(pathOf(customerId), body),
    onSuccess: () => client.invalidateQueries({ queryKey: ["customers"] }),
  });
}

/** What each side would get; worked out anew whenever the dialog opens. */
export function useUndoPreview(customerId: string, absorbedId: string) {
  return useQuery({
    queryKey: ["customers", customerId, "merges", "undo", absorbedId],
    queryFn: () => post(`${pathOf(customerId)}:preview-undo`, { absorbed_id: absorbedId }),
    staleTime: 0,
    gcTime: 0,
    retry: false,
  });
}

/** The page is loaded anew by whoever closes the dialog: it stands in a banner that is gone afterwards. */
export function useUndo(customerId: string) {
  return useMutation({
    mutationFn: (body: { absorbed_id: string; reason: string; request_id: string }) =>
      post(`${pathOf(customerId)}:undo`, body),
  });
}
