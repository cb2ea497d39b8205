import { request, withQuery } from "@enishi/api/client.ts";
import type { CardList, Customer, CustomerSearch, Home, Timeline } from "@enishi/api/types.ts";
import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import type { TimelineFilter } from "../../shell/router.tsx";

const PAGE_SIZE = 20;

/** What was searched for lives in memory only: personal data stays out of addresses. */
export function useCustomerSearch(query: string) {
  return useQuery({
    queryKey: ["customers", "search", query],
    queryFn: ({ signal }) =>
      request<CustomerSearch>("/api/console/customers:search", { method: "POST", body: { query }, signal }),
    enabled: query !== "",
    staleTime: 60_000,
    gcTime: 5 * 60_000,
    placeholderData: keepPreviousData,
  });
}

/** Customers of the latest receipts, each once: a way in before anything is searched for. */
export function useRecentCustomers(enabled: boolean) {
  return useQuery({
    queryKey: ["home"],
    queryFn: ({ signal }) => request<Home>("/api/console/home", { signal }),
    enabled,
    select: ({ recent }) => {
      const seen = new Map<string, { customer_id: string; name: string; at: string }>();
      for (const { customer, purchase } of recent) {
        if (customer !== null && !seen.has(customer.customer_id)) {
          seen.set(customer.customer_id, { ...customer, at: purchase.occurred_at });
        }
      }
      return [...seen.values()].slice(0, 8);
    },
  });
}

export function useCustomer(customerId: string) {
  return useQuery({
    queryKey: ["customers", customerId],
    queryFn: ({ signal }) => request<Customer>(`/api/console/customers/${encodeURIComponent(customerId)}`, { signal }),
  });
}

export function useCards(customerId: string) {
  return useQuery({
    queryKey: ["customers", customerId, "cards"],
    queryFn: ({ signal }) =>
      request<CardList>(`/api/console/customers/${encodeURIComponent(customerId)}/cards`, { signal }),
  });
}

function timelinePath(customerId: string): string {
  return `/api/console/customers/${encodeURIComponent(customerId)}/timeline`;
}

export function useTimeline(customerId: string, type: TimelineFilter) {
  return useInfiniteQuery({
    queryKey: ["customers", customerId, "timeline", type],
    queryFn: ({ pageParam, signal }) =>
      request<Timeline>(withQuery(timelinePath(customerId), { type, limit: PAGE_SIZE, cursor: pageParam }), { signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });
}

export function timelineCsvPath(customerId: string, type: TimelineFilter): string {
  return withQuery(`${timelinePath(customerId)}.csv`, { type });
}
