// The bookings of the customer on the screen, and booking for them.
import type { Customer } from "@enishi/api/types.ts";
import { Icon } from "@enishi/ui/icons.tsx";
import { BookingFlow } from "@enishi/ui/reservations/booking-flow.tsx";
import { useOwnBookings, useStores } from "@enishi/ui/reservations/requests.ts";
import { type ReactElement, useState } from "react";
import { useSession } from "../../shell/session.ts";
import { useTexts } from "../../shell/texts.ts";
import { Dialog } from "./dialog.tsx";
import { Line } from "./line.tsx";
import { COUNTER, placeOf } from "./place.ts";
import styles from "./reservations.module.css";

export function CustomerBookings({ customer, online }: { customer: Customer; online: boolean }): ReactElement | null {
  const { data: me } = useSession();
  const { data: stores } = useStores(COUNTER);
  const maySee = me?.permissions.includes("reservations.read") === true;
  if (!maySee || stores === undefined || stores.stores.length === 0) return null;
  return <Section customer={customer} online={online} mayAct={me.permissions.includes("reservations.write")} />;
}

function Section({ customer, online, mayAct }: { customer: Customer; online: boolean; mayAct: boolean }): ReactElement {
  const { t } = useTexts();
  const place = placeOf(customer.customer_id);
  const own = useOwnBookings(place);
  const [booking, setBooking] = useState(false);
  const named = { customer_id: customer.customer_id, name: customer.name };
  return (
    <section className={styles.card} aria-labelledby="bookings">
      <header>
        <h2 id="bookings">{t("common:reservations.title")}</h2>
        {mayAct && (
          <button type="button" className={styles.book} disabled={!online} onClick={() => setBooking(true)}>
            <Icon name="calendar" size={20} />
            {t("booking.book")}
          </button>
        )}
      </header>
      {own.isError && <p className={styles.problem}>{t("booking.unread")}</p>}
      {own.data?.coming.length === 0 && <p className={styles.quiet}>{t("booking.noneComing")}</p>}
      {own.data !== undefined && own.data.coming.length > 0 && (
        <ul className={styles.lines}>
          {own.data.coming.map((one) => (
            <Line key={one.booking_id} booking={{ ...one, customer: named }} mayAct={mayAct && online} withDate />
          ))}
        </ul>
      )}
      {booking && (
        <Dialog title={t("booking.bookFor", { name: customer.name })} onClose={() => setBooking(false)}>
          <BookingFlow place={place} onDone={() => setBooking(false)} />
        </Dialog>
      )}
    </section>
  );
}
