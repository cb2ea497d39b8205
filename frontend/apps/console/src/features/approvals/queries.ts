import { request, withQuery } from "@enishi/api/client.ts";
import type { DecisionDone, PointsRequests } from "@enishi/api/types.ts";
import { useInfiniteQuery, useMutation, useQuery } from "@tanstack/react-query";
import { useRefreshPoints } from "../adjusting/queries.ts";

const REQUESTS = "/api/console/points/requests";
const COUNT_EVERY_MS = 60_000;
const PAGE_SIZE = 50;

export type RequestState = "waiting" | "decided" | "approved" | "refused";

export interface RequestFilter {
  state?: RequestState | undefined;
  store?: string | undefined;
}

export function requestsCsvPath(filter: RequestFilter): string {
  return withQuery(`${REQUESTS}.csv`, { ...filter });
}

export function useRequests(filter: RequestFilter) {
  return useInfiniteQuery({
    queryKey: ["approvals", "list", filter],
    queryFn: ({ pageParam, signal }) =>
      request<PointsRequests>(withQuery(REQUESTS, { ...filter, limit: PAGE_SIZE, cursor: pageParam }), { signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    staleTime: 0,
  });
}

/** How many requests wait, looked at again now and then without keeping the session alive. */
export function useWaitingCount(enabled: boolean): number {
  const { data } = useQuery({
    queryKey: ["approvals", "count"],
    queryFn: ({ signal }) => request<{ waiting: number }>(`${REQUESTS}/count`, { signal, background: true }),
    enabled,
    refetchInterval: COUNT_EVERY_MS,
  });
  return data?.waiting ?? 0;
}

export function useDecide(requestId: string) {
  const refresh = useRefreshPoints();
  return useMutation({
    mutationFn: (body: { approve: boolean; note: string }) =>
      request<DecisionDone>(`${REQUESTS}/${encodeURIComponent(requestId)}/decision`, { method: "POST", body }),
    // Also after a refusal: somebody else may have been quicker.
    onSettled: refresh,
  });
}
