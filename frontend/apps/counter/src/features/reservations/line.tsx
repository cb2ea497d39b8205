// One booking as staff work with it: who and what, and the steps that lead on from its state.
import type { Booking } from "@enishi/api/types.ts";
import { formatDate, formatTime } from "@enishi/i18n/format.ts";
import { useLocale } from "@enishi/i18n/start.ts";
import { BookingFlow, Refused } from "@enishi/ui/reservations/booking-flow.tsx";
import { type Step, useSettle } from "@enishi/ui/reservations/requests.ts";
import { type ReactElement, useState } from "react";
import { useTexts } from "../../shell/texts.ts";
import { Dialog } from "./dialog.tsx";
import { COUNTER, placeOf } from "./place.ts";
import styles from "./reservations.module.css";

interface LineProps {
  booking: Booking;
  mayAct: boolean;
  withDate: boolean;
}

export function Line({ booking, mayAct, withDate }: LineProps): ReactElement {
  const { t } = useTexts();
  const [locale] = useLocale();
  const [asking, setAsking] = useState<"cancel" | "move" | null>(null);
  const settle = useSettle(COUNTER, true);
  const act = (step: Step): void =>
    settle.mutate({ bookingId: booking.booking_id, step }, { onSuccess: () => setAsking(null) });
  const who = booking.resources.filter(({ kind }) => kind === "staff").map(({ name }) => name);
  return (
    <li className={styles.line} data-state={booking.state}>
      <p className={styles.time}>
        {withDate && <span>{formatDate(booking.on_day, locale)}</span>}
        <b className="enishi-figure">
          {formatTime(booking.starts_at)}–{formatTime(booking.ends_at)}
        </b>
      </p>
      <p className={styles.what}>
        {booking.customer !== null && !withDate && <strong>{booking.customer.name}</strong>}
        <span>{[booking.name, ...who].join(" · ")}</span>
      </p>
      <em>{t(`common:reservations.state.${booking.state}`)}</em>
      {mayAct && asking === null && (
        <div className={styles.steps}>
          {stepsOf(booking).map(([step, word]) => (
            <button key={step} type="button" disabled={settle.isPending} data-step={step} onClick={() => act(step)}>
              {t(word)}
            </button>
          ))}
          {booking.state === "booked" && (
            <>
              {withDate && (
                <button type="button" onClick={() => setAsking("move")}>
                  {t("booking.move")}
                </button>
              )}
              <button type="button" onClick={() => setAsking("cancel")}>
                {t("booking.cancel")}
              </button>
            </>
          )}
        </div>
      )}
      {asking === "cancel" && (
        <div className={styles.ask} role="alertdialog" aria-label={t("booking.cancel")}>
          <p>{t("booking.cancelAsk")}</p>
          <button type="button" onClick={() => setAsking(null)}>
            {t("booking.keep")}
          </button>
          <button type="button" data-step="cancel" disabled={settle.isPending} onClick={() => act("cancel")}>
            {t("booking.cancelYes")}
          </button>
        </div>
      )}
      {asking === "move" && booking.customer !== undefined && (
        <Dialog title={t("booking.move")} onClose={() => setAsking(null)}>
          <BookingFlow
            place={placeOf(booking.customer?.customer_id ?? "")}
            moving={booking}
            onDone={() => setAsking(null)}
          />
        </Dialog>
      )}
      {settle.isError && <Refused error={settle.error} />}
    </li>
  );
}

type Word = "booking.arrive" | "booking.finish" | "booking.noShow" | "booking.forgive";

/** From so long before its start a booking can be checked in. */
const AHEAD_MS = 12 * 60 * 60_000;

function stepsOf({ state, starts_at: startsAt }: Booking): [Step, Word][] {
  if (state === "booked") {
    const ahead = Date.parse(startsAt) - Date.now();
    if (ahead > AHEAD_MS) return [];
    return ahead <= 0
      ? [
          ["arrive", "booking.arrive"],
          ["no_show", "booking.noShow"],
        ]
      : [["arrive", "booking.arrive"]];
  }
  if (state === "arrived") return [["done", "booking.finish"]];
  if (state === "no_show") return [["arrive", "booking.arrive"], ["forgive", "booking.forgive"]];
  return [];
}
