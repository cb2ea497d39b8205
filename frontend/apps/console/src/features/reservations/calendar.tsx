// The week of a store: who works when, who comes, who waits, and how the kept slots stand.
import type { BookableStore, StoreCalendar } from "@enishi/api/types.ts";
import { formatCount, formatDate } from "@enishi/i18n/format.ts";
import { useLocale } from "@enishi/i18n/start.ts";
import { Icon } from "@enishi/ui/icons.tsx";
import { addDays, weekOf } from "@enishi/ui/reservations/days.ts";
import { useStores } from "@enishi/ui/reservations/requests.ts";
import { Button, Group, NativeSelect, Skeleton } from "@mantine/core";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { Card, PageHead } from "../../shell/page.tsx";
import { Empty, Failed } from "../../shell/states.tsx";
import { useTexts } from "../../shell/texts.ts";
import { BookingDrawer } from "./booking-drawer.tsx";
import { CONSOLE, useWeek } from "./queries.ts";
import styles from "./reservations.module.css";

export function ReservationsPage(): ReactElement {
  const { t } = useTexts();
  const stores = useStores(CONSOLE);
  const [store] = stores.data?.stores ?? [];
  return (
    <>
      {stores.isError && (
        <Card>
          <Failed error={stores.error} onRetry={() => void stores.refetch()} />
        </Card>
      )}
      {stores.isLoading && <Skeleton height={420} />}
      {stores.data !== undefined && store === undefined && (
        <>
          <PageHead title={t("booking.calendar")} />
          <Card>
            <Empty icon="calendar" title={t("booking.empty")} hint={t("booking.emptyHint")}>
              <Link to="/reservation-settings">{t("booking.settings")}</Link>
            </Empty>
          </Card>
        </>
      )}
      {stores.data !== undefined && store !== undefined && <Found stores={stores.data.stores} first={store} />}
      <BookingDrawer />
    </>
  );
}

function Found({ stores, first }: { stores: BookableStore[]; first: BookableStore }): ReactElement {
  const { t } = useTexts();
  const [locale] = useLocale();
  const search = useSearch({ from: "/signed-in/reservations" });
  const navigate = useNavigate({ from: "/reservations" });
  const store = stores.find(({ code }) => code === search.store) ?? first;
  const from = weekOf(search.from ?? store.today);
  const week = useWeek(store.code, from);
  const show = (next: { store?: string; from?: string }): void =>
    void navigate({ search: (now) => ({ ...now, ...next }), resetScroll: false });
  return (
    <>
      <PageHead
        title={t("booking.calendar")}
        meta={
          <>
            {t("booking.week", { from: formatDate(from, locale) })}
            {store.invented && ` · ${t("common:reservations.invented")}`}
          </>
        }
        actions={
          <Group gap="xs">
            {stores.length > 1 && (
              <NativeSelect
                aria-label={t("booking.storeChoice")}
                value={store.code}
                onChange={({ currentTarget }) => show({ store: currentTarget.value })}
                data={stores.map(({ code, name }) => ({ value: code, label: name }))}
              />
            )}
            <Button variant="default" aria-label={t("common:reservations.before")} onClick={() => show({ from: addDays(from, -7) })}>
              <Icon name="chevronLeft" size={16} />
            </Button>
            <Button variant="default" onClick={() => show({ from: store.today })}>
              {t("booking.today")}
            </Button>
            <Button variant="default" aria-label={t("common:reservations.after")} onClick={() => show({ from: addDays(from, 7) })}>
              <Icon name="chevronRight" size={16} />
            </Button>
          </Group>
        }
      />
      {week.isError && (
        <Card>
          <Failed error={week.error} onRetry={() => void week.refetch()} />
        </Card>
      )}
      {week.data === undefined && !week.isError && <Skeleton height={420} />}
      {week.data !== undefined && (
        <div className={styles.page} aria-busy={week.isPlaceholderData}>
          <Card flush>
            <Week week={week.data} />
          </Card>
          <p className={styles.promise}>
            <Icon name="check" size={16} />
            {t("booking.noOverbooking")}
          </p>
          {week.data.waits.length > 0 && <Waits week={week.data} />}
        </div>
      )}
    </>
  );
}

function Week({ week }: { week: StoreCalendar }): ReactElement {
  const { t } = useTexts();
  const [locale] = useLocale();
  return (
    <div className={styles.scroll} tabIndex={0} role="region" aria-label={t("booking.calendar")}>
      <table className={styles.week}>
        <thead>
          <tr>
            <th scope="col">{t("booking.resource")}</th>
            {week.days.map((on) => (
              <th key={on} scope="col" data-today={on === week.today}>
                <span className="enishi-figure">{formatDate(on, locale).replace(/\d{4}\//, "")}</span>
                {week.quotas
                  .filter((quota) => quota.on === on)
                  .map((quota) => (
                    <small key={quota.quota} data-holding={quota.holding}>
                      <b>{quota.name}</b>
                      <span>{t("booking.quotaKept", { held: quota.holding ? quota.held : 0, total: quota.total })}</span>
                      <span>
                        {t("booking.quotaOthers", {
                          used: quota.used,
                          room: quota.total - (quota.holding ? quota.held : 0),
                        })}
                      </span>
                      <span>
                        {quota.holding
                          ? t("booking.quotaOpens", { date: formatDate(quota.opens_at, locale).replace(/\d{4}\//, "") })
                          : t("booking.quotaOpen")}
                      </span>
                    </small>
                  ))}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {week.resources.map((resource) => (
            <tr key={resource.code}>
              <th scope="row">
                {resource.name}
                <small>
                  {t(`booking.kinds.${resource.kind}`)}
                  {resource.capacity > 1 && ` × ${formatCount(resource.capacity)}`}
                </small>
              </th>
              {week.days.map((on) => (
                <Cell key={on} week={week} on={on} resource={resource.code} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const GONE = new Set(["cancelled", "late_cancelled", "lapsed"]);

function Cell({ week, on, resource }: { week: StoreCalendar; on: string; resource: string }): ReactElement {
  const { t } = useTexts();
  const spans = week.spans.find((one) => one.on === on && one.resource === resource)?.spans ?? [];
  const bookings = week.bookings.filter(
    (one) => one.on_day === on && !GONE.has(one.state) && one.resources.some(({ code }) => code === resource),
  );
  return (
    <td data-closed={spans.length === 0} data-today={on === week.today}>
      {spans.length === 0 ? (
        <small>{t("booking.closedCell")}</small>
      ) : (
        <small className="enishi-figure">{spans.map(([opens, closes]) => `${opens}–${closes}`).join(" ")}</small>
      )}
      {bookings.map((one) => (
        <Link
          key={one.booking_id}
          to="/reservations"
          search={(now) => ({ ...now, booking: one.booking_id })}
          resetScroll={false}
          className={styles.booking}
          data-state={one.state}
        >
          <b className="enishi-figure">{timeOf(one.starts_at, week.zone)}</b>
          <span>{one.customer?.name}</span>
          <small>{one.name}</small>
        </Link>
      ))}
    </td>
  );
}

function timeOf(instant: string, zone: string): string {
  return new Intl.DateTimeFormat("en-GB", { timeZone: zone, hour: "2-digit", minute: "2-digit" }).format(new Date(instant));
}

function Waits({ week }: { week: StoreCalendar }): ReactElement {
  const { t } = useTexts();
  const [locale] = useLocale();
  return (
    <Card title={t("booking.waits")}>
      <ul className={styles.waits}>
        {week.waits.map((one) => (
          <li key={one.wait_id}>
            <b className="enishi-figure">
              {formatDate(one.on, locale)} {one.from_time}–{one.until_time}
            </b>
            <span>{one.name}</span>
            {one.customer !== null && (
              <Link to="/customers/$customerId" params={{ customerId: one.customer.customer_id }}>
                {one.customer.name}
              </Link>
            )}
            <small>{one.state === "offered" ? t("common:reservations.state.offered") : `#${formatCount(one.place)}`}</small>
          </li>
        ))}
      </ul>
    </Card>
  );
}
