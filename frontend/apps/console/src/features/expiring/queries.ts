import { request, withQuery } from "@enishi/api/client.ts";
import type { Expiring } from "@enishi/api/types.ts";
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";

const EXPIRING = "/api/console/points/expiring";
const PAGE_SIZE = 50;

export const PERIODS = [30, 60, 90, 180, 366] as const;

export interface ExpiringFilter {
  days: number;
  on?: string | undefined;
}

export function expiringCsvPath(filter: ExpiringFilter): string {
  return withQuery(`${EXPIRING}.csv`, { ...filter });
}

export function useExpiring(filter: ExpiringFilter) {
  return useInfiniteQuery({
    queryKey: ["expiring", filter],
    queryFn: ({ pageParam, signal }) =>
      request<Expiring>(withQuery(EXPIRING, { ...filter, limit: PAGE_SIZE, cursor: pageParam }), { signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    placeholderData: keepPreviousData,
  });
}
