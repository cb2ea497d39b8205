import { request, withQuery } from "@enishi/api/client.ts";
import type {
  BookingDetail,
  CalendarFeeds,
  NewCalendarFeed,
  SettingsStores,
  StoreCalendar,
  StoreSettings,
} from "@enishi/api/types.ts";
import { useLocale } from "@enishi/i18n/start.ts";
import type { Place } from "@enishi/ui/reservations/requests.ts";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

const BASE = "/api/console/reservations";

export const CONSOLE: Place = { base: BASE };

export function placeOf(customerId: string): Place {
  return { base: BASE, customerId };
}

/** A week of a store. What members book meanwhile appears within half a minute. */
export function useWeek(store: string | undefined, from: string | undefined) {
  const [locale] = useLocale();
  return useQuery({
    queryKey: ["reservations", BASE, "week", store, from, locale],
    queryFn: ({ signal }) =>
      request<StoreCalendar>(withQuery(`${BASE}/calendar`, { store, from, days: 7 }), { signal, background: true }),
    enabled: store !== undefined && from !== undefined,
    placeholderData: (previous) => previous,
    refetchInterval: 30_000,
  });
}

export function useBooking(bookingId: string) {
  const [locale] = useLocale();
  return useQuery({
    queryKey: ["reservations", BASE, "booking", bookingId, locale],
    queryFn: ({ signal }) => request<BookingDetail>(`${BASE}/${encodeURIComponent(bookingId)}`, { signal }),
  });
}

export function useSettingsStores() {
  return useQuery({
    queryKey: ["reservations", BASE, "settingsStores"],
    queryFn: ({ signal }) => request<SettingsStores>(`${BASE}/settings/stores`, { signal }),
  });
}

export function useSettings(store: string | undefined) {
  return useQuery({
    queryKey: ["reservations", BASE, "settings", store],
    queryFn: ({ signal }) => request<StoreSettings>(withQuery(`${BASE}/settings`, { store }), { signal }),
    enabled: store !== undefined,
  });
}

export function usePublish() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: { store: string; based_on: number; reason: string; settings: object }) =>
      request<StoreSettings>(`${BASE}/settings`, { method: "POST", body }),
    onSuccess: () => client.invalidateQueries({ queryKey: ["reservations"] }),
  });
}

export function useFeeds(store: string) {
  return useQuery({
    queryKey: ["reservations", BASE, "feeds", store],
    queryFn: ({ signal }) => request<CalendarFeeds>(withQuery(`${BASE}/feeds`, { store }), { signal }),
  });
}

export function useMakeFeed(store: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: { resource: string; label: string }) =>
      request<NewCalendarFeed>(`${BASE}/feeds`, { method: "POST", body: { store, ...body } }),
    onSuccess: () => client.invalidateQueries({ queryKey: ["reservations", BASE, "feeds", store] }),
  });
}

export function useRevokeFeed(store: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (feedId: string) =>
      request<undefined>(`${BASE}/feeds:revoke`, { method: "POST", body: { store, feed_id: feedId } }),
    onSettled: () => client.invalidateQueries({ queryKey: ["reservations", BASE, "feeds", store] }),
  });
}
