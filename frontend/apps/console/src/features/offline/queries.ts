import { request, withQuery } from "@enishi/api/client.ts";
import type { OfflineSpends, Overspends } from "@enishi/api/types.ts";
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";

const OFFLINE = "/api/console/points/offline";
const PAGE_SIZE = 50;

export interface OfflineSearch {
  first?: string | undefined;
  last?: string | undefined;
  store?: string | undefined;
  owed?: boolean | undefined;
}

function queryOf({ first, last, store, owed }: OfflineSearch) {
  return { first, last, store, only_owed: owed === true ? "true" : undefined };
}

export function offlineCsvPath(search: OfflineSearch): string {
  return withQuery(`${OFFLINE}.csv`, queryOf(search));
}

export function useOffline(search: OfflineSearch) {
  return useInfiniteQuery({
    queryKey: ["offline", "terminals", search],
    queryFn: ({ pageParam, signal }) =>
      request<OfflineSpends>(withQuery(OFFLINE, { ...queryOf(search), limit: PAGE_SIZE, cursor: pageParam }), {
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    placeholderData: keepPreviousData,
  });
}

export function useOverspends({ first, last, store }: OfflineSearch) {
  return useInfiniteQuery({
    queryKey: ["offline", "receipts", { first, last, store }],
    queryFn: ({ pageParam, signal }) =>
      request<Overspends>(
        withQuery(`${OFFLINE}/overspends`, { first, last, store, limit: PAGE_SIZE, cursor: pageParam }),
        { signal },
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    placeholderData: keepPreviousData,
  });
}
