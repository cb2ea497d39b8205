import type { StoreCalendar } from "@enishi/api/types.ts";
import { request, withQuery } from "@enishi/api/client.ts";
import { useLocale } from "@enishi/i18n/start.ts";
import type { Place } from "@enishi/ui/reservations/requests.ts";
import { useQuery } from "@tanstack/react-query";

const BASE = "/api/counter/reservations";
/** So soon does what members and other tablets book appear. */
const AGAIN_MS = 30_000;

export const COUNTER: Place = { base: BASE };

export function placeOf(customerId: string): Place {
  return { base: BASE, customerId };
}

/** The bookings of a store's day. */
export function useDay(store: string | undefined, on: string | undefined) {
  const [locale] = useLocale();
  return useQuery({
    queryKey: ["reservations", BASE, "day", store, on, locale],
    queryFn: () => request<StoreCalendar>(withQuery(`${BASE}/calendar`, { store, from: on, days: 1 }), { background: true }),
    enabled: store !== undefined && on !== undefined,
    refetchInterval: AGAIN_MS,
  });
}
