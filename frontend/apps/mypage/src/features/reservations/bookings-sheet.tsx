/** Every booking of the member: to come, waited for, and past. */
import { formatDate } from "@enishi/i18n/format.ts";
import { useLeaveWaits, useOwnBookings } from "@enishi/ui/reservations/requests.ts";
import type { ReactElement } from "react";
import { Awaited } from "../../shell/awaited.tsx";
import { open } from "../../shell/router.ts";
import { useWords } from "../../shell/words.ts";
import { Row } from "./bookings.tsx";
import styles from "./bookings.module.css";
import { MINE } from "./place.ts";

export default function BookingsSheet(): ReactElement {
  const { t, locale } = useWords();
  const leave = useLeaveWaits(MINE);
  return (
    <Awaited query={useOwnBookings(MINE)} failed="reservations.unread">
      {(own) => (
        <div className={styles.list}>
          <section>
            <h3>{t("booking.coming")}</h3>
            {own.coming.length === 0 && <p className={styles.quiet}>{t("booking.none")}</p>}
            {own.coming.map((one) => (
              <Row key={one.booking_id} booking={one} />
            ))}
            <button type="button" className={styles.book} onClick={() => open({ name: "book" })}>
              {t("reservations.book")}
            </button>
          </section>
          {own.waits.length > 0 && (
            <section>
              <h3>{t("booking.waits")}</h3>
              {own.waits.map((one) => (
                <div key={one.wait_id} className={styles.wait}>
                  <p>
                    <b>
                      {formatDate(one.on, locale)} {one.name}
                    </b>
                    <span className={styles.quiet}>
                      {t("booking.waitLine", { from: one.from_time, until: one.until_time, place: one.place })}
                    </span>
                  </p>
                  <button
                    type="button"
                    className={styles.plain}
                    disabled={leave.isPending}
                    onClick={() => leave.mutate(one.wait_id)}
                  >
                    {t("booking.leave")}
                  </button>
                </div>
              ))}
            </section>
          )}
          {own.past.length > 0 && (
            <section>
              <h3>{t("booking.past")}</h3>
              {own.past.map((one) => (
                <Row key={one.booking_id} booking={one} />
              ))}
            </section>
          )}
        </div>
      )}
    </Awaited>
  );
}
