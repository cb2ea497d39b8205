/** One booking: what it is, and to move, cancel, accept or take it to the phone's calendar. */
import type { Booking } from "@enishi/api/types.ts";
import { formatDateTime, formatYen } from "@enishi/i18n/format.ts";
import { Icon } from "@enishi/ui/icons.tsx";
import { BookingFlow, Refused } from "@enishi/ui/reservations/booking-flow.tsx";
import { type Step, useOwnBookings, useSettle } from "@enishi/ui/reservations/requests.ts";
import { type ReactElement, useState } from "react";
import { Awaited } from "../../shell/awaited.tsx";
import { useWords } from "../../shell/words.ts";
import styles from "./bookings.module.css";
import { MINE } from "./place.ts";

export default function BookingSheet({ bookingId }: { bookingId: string }): ReactElement {
  const { t } = useWords();
  return (
    <Awaited query={useOwnBookings(MINE)} failed="reservations.unread">
      {(own) => {
        const found = [...own.coming, ...own.past].find(({ booking_id }) => booking_id === bookingId);
        return found === undefined ? <p>{t("booking.gone")}</p> : <Detail booking={found} />;
      }}
    </Awaited>
  );
}

function Detail({ booking }: { booking: Booking }): ReactElement {
  const { t, locale } = useWords();
  const [mode, setMode] = useState<"read" | "move" | "cancel">("read");
  const settle = useSettle(MINE);
  const act = (step: Step): void => settle.mutate({ bookingId: booking.booking_id, step }, { onSuccess: () => setMode("read") });
  if (mode === "move") return <BookingFlow place={MINE} moving={booking} onDone={() => setMode("read")} />;
  const time = formatDateTime(booking.cancel_until, locale);
  return (
    <div className={styles.detail}>
      <p className={styles.done} data-state={booking.state}>
        <Icon name={booking.state === "booked" ? "check" : "calendar"} size={20} />
        {t(`reservations.state.${booking.state}`)}
      </p>
      <dl className={styles.facts}>
        <dt>{t("reservations.when")}</dt>
        <dd className="enishi-figure">{formatDateTime(booking.starts_at, locale)}</dd>
        <dt>{t("reservations.store")}</dt>
        <dd>{booking.store_name}</dd>
        <dt>{t("reservations.service")}</dt>
        <dd>{booking.name}</dd>
        {booking.choice !== "" && (
          <>
            <dt>{t("reservations.choice")}</dt>
            <dd>{booking.resources.find(({ code }) => code === booking.choice)?.name ?? booking.choice}</dd>
          </>
        )}
        <dt>{t("reservations.price")}</dt>
        <dd className="enishi-figure">{formatYen(booking.price_yen)}</dd>
      </dl>
      {settle.isError && <Refused error={settle.error} />}
      {mode === "cancel" ? (
        <>
          <p className={styles.warning} role="alert">
            {booking.late ? t("booking.cancelLate", { time }) : t("booking.cancelAsk")}
          </p>
          <button type="button" className={styles.primary} data-danger="true" disabled={settle.isPending} onClick={() => act("cancel")}>
            {t("booking.cancelYes")}
          </button>
          <button type="button" className={styles.plain} onClick={() => setMode("read")}>
            {t("booking.keep")}
          </button>
        </>
      ) : (
        <Actions booking={booking} busy={settle.isPending} onStep={act} onMode={setMode} />
      )}
    </div>
  );
}

interface ActionsProps {
  booking: Booking;
  busy: boolean;
  onStep: (step: Step) => void;
  onMode: (mode: "move" | "cancel") => void;
}

function Actions({ booking, busy, onStep, onMode }: ActionsProps): ReactElement {
  const { t, locale } = useWords();
  if (booking.state === "offered") {
    return (
      <>
        {booking.offer_until !== null && (
          <p className={styles.warning}>{t("booking.offerUntil", { time: formatDateTime(booking.offer_until, locale) })}</p>
        )}
        <button type="button" className={styles.primary} disabled={busy} onClick={() => onStep("accept")}>
          {t("booking.accept")}
        </button>
        <button type="button" className={styles.plain} disabled={busy} onClick={() => onStep("cancel")}>
          {t("booking.decline")}
        </button>
      </>
    );
  }
  if (!booking.can_cancel) return <></>;
  return (
    <>
      {!booking.late && (
        <p className={styles.quiet}>{t("reservations.cancelFree", { time: formatDateTime(booking.cancel_until, locale) })}</p>
      )}
      <a className={styles.plain} href={`/api/my/reservations/${booking.booking_id}.ics`} download="booking.ics">
        <Icon name="calendar" size={20} />
        {t("booking.calendar")}
      </a>
      {booking.can_change && (
        <button type="button" className={styles.plain} onClick={() => onMode("move")}>
          {t("booking.change")}
        </button>
      )}
      <button type="button" className={styles.plain} onClick={() => onMode("cancel")}>
        {t("booking.cancel")}
      </button>
    </>
  );
}
