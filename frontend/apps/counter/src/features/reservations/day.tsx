// The day of the store, from anywhere at the counter: who comes, and what is to be noted of them.
import { formatDate } from "@enishi/i18n/format.ts";
import { useLocale } from "@enishi/i18n/start.ts";
import { Icon } from "@enishi/ui/icons.tsx";
import { addDays } from "@enishi/ui/reservations/days.ts";
import { useStores } from "@enishi/ui/reservations/requests.ts";
import { type ReactElement, useState } from "react";
import { useSession } from "../../shell/session.ts";
import { useTexts } from "../../shell/texts.ts";
import { Dialog } from "./dialog.tsx";
import { Line } from "./line.tsx";
import { COUNTER, useDay } from "./place.ts";
import styles from "./reservations.module.css";

/** Nothing where none of the operator's stores takes reservations. */
export function DayButton({ className, online }: { className: string | undefined; online: boolean }): ReactElement | null {
  const { t } = useTexts();
  const [open, setOpen] = useState(false);
  const { data } = useStores(COUNTER);
  if (data === undefined || data.stores.length === 0) return null;
  return (
    <>
      <button type="button" className={className} disabled={!online} onClick={() => setOpen(true)}>
        <Icon name="calendar" size={20} />
        {t("booking.open")}
      </button>
      {open && (
        <Dialog title={t("booking.title")} onClose={() => setOpen(false)}>
          <Day />
        </Dialog>
      )}
    </>
  );
}

function Day(): ReactElement {
  const { t } = useTexts();
  const [locale] = useLocale();
  const { data: me } = useSession();
  const { data } = useStores(COUNTER);
  const [chosen, setStore] = useState<string | null>(null);
  const [ahead, setAhead] = useState(0);
  const store = data?.stores.find(({ code }) => code === chosen) ?? data?.stores[0];
  const on = store === undefined ? undefined : addDays(store.today, ahead);
  const day = useDay(store?.code, on);
  const mayAct = me?.permissions.includes("reservations.write") === true;
  const bookings = day.data?.bookings.filter(({ state }) => !["cancelled", "late_cancelled", "lapsed"].includes(state));
  return (
    <div className={styles.day}>
      <div className={styles.turn}>
        <button type="button" aria-label={t("booking.previous")} onClick={() => setAhead(ahead - 1)}>
          <Icon name="chevronLeft" size={22} />
        </button>
        <strong className="enishi-figure">{on === undefined ? "" : formatDate(on, locale)}</strong>
        <button type="button" aria-label={t("booking.following")} onClick={() => setAhead(ahead + 1)}>
          <Icon name="chevronRight" size={22} />
        </button>
        {data !== undefined && data.stores.length > 1 && (
          <select
            aria-label={t("common:reservations.store")}
            value={store?.code}
            onChange={({ currentTarget }) => setStore(currentTarget.value)}
          >
            {data.stores.map(({ code, name }) => (
              <option key={code} value={code}>
                {name}
              </option>
            ))}
          </select>
        )}
      </div>
      {store?.invented === true && <p className={styles.quiet}>{t("common:reservations.invented")}</p>}
      {day.isError && (
        <p className={styles.problem} role="alert">
          {t("booking.unread")}
        </p>
      )}
      {bookings === undefined && !day.isError && (
        <div className={styles.skeleton} role="status" aria-label={t("common:loading")} />
      )}
      {bookings?.length === 0 && <p className={styles.quiet}>{t("booking.none")}</p>}
      {bookings !== undefined && bookings.length > 0 && (
        <ul className={styles.lines}>
          {bookings.map((one) => (
            <Line key={one.booking_id} booking={one} mayAct={mayAct} withDate={false} />
          ))}
        </ul>
      )}
      {day.data !== undefined && day.data.waits.length > 0 && (
        <p className={styles.quiet}>{t("booking.waits", { n: day.data.waits.length })}</p>
      )}
    </div>
  );
}
