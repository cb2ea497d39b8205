import { request, withQuery } from "@enishi/api/client.ts";
import type { Books, BooksAsOf, BooksClose, BooksSettings, BooksSettingsVersion, PointsAt } from "@enishi/api/types.ts";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

const BOOKS = "/api/console/accounting";

export type Sheet = "movement" | "settlement" | "journal" | "figures";

export function sheetPath(sheet: Sheet, month: string): string {
  return withQuery(`${BOOKS}/${sheet}.csv`, { month });
}

/** The books of a month; the server chooses when none is named. */
export function useBooks(month: string | undefined) {
  return useQuery({
    queryKey: ["books", month ?? null],
    queryFn: ({ signal }) => request<Books>(withQuery(BOOKS, { month }), { signal }),
    placeholderData: (previous) => previous,
  });
}

/** The books at a past instant; asked for when one is chosen. */
export function useBooksAsOf(at: string | undefined) {
  return useQuery({
    queryKey: ["books", "as-of", at ?? null],
    queryFn: ({ signal }) => request<BooksAsOf>(withQuery(`${BOOKS}/as-of`, { at }), { signal }),
    enabled: at !== undefined,
  });
}

/** A customer's points at a past instant; asked for when one is chosen. */
export function usePointsAt(customerId: string, at: string | undefined) {
  return useQuery({
    queryKey: ["customers", customerId, "points-at", at ?? null],
    queryFn: ({ signal }) =>
      request<PointsAt>(withQuery(`/api/console/customers/${customerId}/points-at`, { at }), { signal }),
    enabled: at !== undefined,
  });
}

export function useCloseMonth() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: { month: string; through: boolean }) =>
      request<BooksClose[]>(`${BOOKS}/closes`, { method: "POST", body }),
    // Also after a refusal: somebody else may have closed it meanwhile.
    onSettled: () => client.invalidateQueries({ queryKey: ["books"] }),
  });
}

export function usePublishSettings() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: { from_month: string; reason: string; settings: BooksSettings }) =>
      request<BooksSettingsVersion>(`${BOOKS}/settings`, { method: "POST", body }),
    onSuccess: () => client.invalidateQueries({ queryKey: ["books"] }),
  });
}
