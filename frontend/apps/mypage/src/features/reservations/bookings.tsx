/** On the home: what is kept for the member, the next booking, and the way to book. Nothing where no store takes any. */
import type { Booking } from "@enishi/api/types.ts";
import { formatDateTime } from "@enishi/i18n/format.ts";
import { Icon } from "@enishi/ui/icons.tsx";
import { useOwnBookings, useStores } from "@enishi/ui/reservations/requests.ts";
import type { ReactElement } from "react";
import { open } from "../../shell/router.ts";
import { useWords } from "../../shell/words.ts";
import styles from "./bookings.module.css";
import { MINE } from "./place.ts";

export function Bookings(): ReactElement | null {
  const { t } = useWords();
  const { data: stores } = useStores(MINE);
  const { data: own } = useOwnBookings(MINE);
  if (stores === undefined || own === undefined || stores.stores.length === 0) return null;
  const offers = own.coming.filter(({ state }) => state === "offered");
  const booked = own.coming.filter(({ state }) => state === "booked");
  const [next] = booked;
  const others = booked.length - 1 + own.waits.length;
  return (
    <section className={styles.card} aria-labelledby="bookings">
      <header>
        <h2 id="bookings">{t("reservations.title")}</h2>
        {own.coming.length + own.past.length + own.waits.length > 0 && (
          <button type="button" className={styles.all} onClick={() => open({ name: "bookings" })}>
            {t("booking.all")}
            <Icon name="chevronRight" size={16} />
          </button>
        )}
      </header>
      {offers.map((one) => (
        <Row key={one.booking_id} booking={one} />
      ))}
      {next !== undefined && <Row booking={next} />}
      {next !== undefined && others > 0 && <p className={styles.quiet}>{t("booking.more", { n: others })}</p>}
      {next === undefined && offers.length === 0 && <p className={styles.quiet}>{t("booking.noneLead")}</p>}
      <button type="button" className={styles.book} onClick={() => open({ name: "book" })}>
        <Icon name="calendar" size={20} />
        {t("reservations.book")}
      </button>
    </section>
  );
}

export function Row({ booking }: { booking: Booking }): ReactElement {
  const { t, locale } = useWords();
  const offered = booking.state === "offered";
  return (
    <button
      type="button"
      className={styles.row}
      data-state={booking.state}
      onClick={() => open({ name: "booking", id: booking.booking_id })}
    >
      <Icon name={offered ? "clock" : "calendar"} size={22} />
      <span>
        {offered && <strong>{t("booking.offer")}</strong>}
        <b className="enishi-figure">{formatDateTime(booking.starts_at, locale)}</b>
        <small>
          {booking.name} · {booking.store_name}
        </small>
      </span>
      <em>{t(`reservations.state.${booking.state}`)}</em>
      <Icon name="chevronRight" size={18} />
    </button>
  );
}
