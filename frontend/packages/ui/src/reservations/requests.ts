// What every face asks of reservations. `base` is the face's own address; staff name the customer, members are known.
import { request, withQuery } from "@enishi/api/client.ts";
import type { BookableStores, BookingDone, OwnBookings, SlotDays, Wait } from "@enishi/api/types.ts";
import { useLocale } from "@enishi/i18n/start.ts";
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

export interface Place {
  /** `/api/my/reservations`, or that of the counter or the console. */
  base: string;
  /** For whom; undefined where the member asks for themselves. */
  customerId?: string | undefined;
}

export const SLOT_DAYS = 7;

export function useStores({ base }: Place) {
  const [locale] = useLocale();
  return useQuery({
    queryKey: ["reservations", base, "stores", locale],
    queryFn: () => request<BookableStores>(`${base}/stores`),
    staleTime: 60_000,
  });
}

export interface SlotQuery {
  store: string;
  service: string;
  choice: string;
  from: string;
}

export function useSlots({ base, customerId }: Place, query: SlotQuery | null) {
  const [locale] = useLocale();
  return useQuery({
    queryKey: ["reservations", base, "slots", customerId ?? null, query, locale],
    queryFn: () =>
      request<SlotDays>(
        withQuery(`${base}/slots`, {
          store: query?.store,
          service: query?.service,
          choice: query?.choice,
          from: query?.from,
          days: SLOT_DAYS,
          customer_id: customerId,
        }),
      ),
    enabled: query !== null,
    staleTime: 0,
    placeholderData: keepPreviousData,
  });
}

export function useOwnBookings({ base, customerId }: Place) {
  const [locale] = useLocale();
  const path = customerId === undefined ? base : `${base}/customers/${customerId}`;
  return useQuery({
    queryKey: ["reservations", base, "own", customerId ?? null, locale],
    queryFn: () => request<OwnBookings>(path),
  });
}

/** After any change, whatever shows slots or bookings asks again. */
function useChange<V, T>(change: (values: V) => Promise<T>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSettled: () => client.invalidateQueries({ queryKey: ["reservations"] }),
    // Without a network it fails at once and says so; nothing is sent by itself once the network is back.
    networkMode: "always",
  });
}

export interface Order {
  requestId: string;
  store: string;
  service: string;
  startsAt: string;
  choice: string;
}

export function useBook({ base, customerId }: Place) {
  return useChange((order: Order) =>
    request<BookingDone>(base, {
      method: "POST",
      body: {
        request_id: order.requestId,
        store: order.store,
        service: order.service,
        starts_at: order.startsAt,
        choice: order.choice,
        ...(customerId === undefined ? {} : { customer_id: customerId }),
      },
    }),
  );
}

export function useMove({ base }: Place) {
  return useChange(({ bookingId, startsAt, choice }: { bookingId: string; startsAt: string; choice: string }) =>
    request<BookingDone>(`${base}/${bookingId}:change`, { method: "POST", body: { starts_at: startsAt, choice } }),
  );
}

export type Step = "cancel" | "arrive" | "done" | "no_show" | "forgive" | "accept";

/** A member cancels and accepts at addresses of their own; staff have one for every step. */
export function useSettle({ base, customerId }: Place, isStaff = customerId !== undefined) {
  return useChange(({ bookingId, step }: { bookingId: string; step: Step }) =>
    isStaff
      ? request<BookingDone>(`${base}/${bookingId}:settle`, { method: "POST", body: { change: step } })
      : request<BookingDone>(`${base}/${bookingId}:${step}`, { method: "POST", body: {} }),
  );
}

export function useJoinWaits({ base }: Place) {
  return useChange((day: { store: string; service: string; on: string; opens: number; closes: number; choice: string }) =>
    request<Wait>(`${base}/waits`, { method: "POST", body: day }),
  );
}

export function useLeaveWaits({ base }: Place) {
  return useChange((waitId: string) =>
    request<undefined>(`${base}/waits/${waitId}:leave`, { method: "POST", body: {} }),
  );
}
