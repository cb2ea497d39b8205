// One booking beside the week: what it is, under which settings and quotas it was made, its history, and its next steps.
import { asProblem } from "@enishi/api/client.ts";
import type { Booking, BookingDetail } from "@enishi/api/types.ts";
import { formatDateTime, formatYen } from "@enishi/i18n/format.ts";
import { useLocale } from "@enishi/i18n/start.ts";
import { BookingFlow } from "@enishi/ui/reservations/booking-flow.tsx";
import { type Step, useSettle } from "@enishi/ui/reservations/requests.ts";
import { Alert, Button, Drawer, Group, Skeleton } from "@mantine/core";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { type ReactElement, useState } from "react";
import { useMay } from "../../shell/session.ts";
import { Failed, useProblemText } from "../../shell/states.tsx";
import { useTexts } from "../../shell/texts.ts";
import { CONSOLE, placeOf, useBooking } from "./queries.ts";
import styles from "./reservations.module.css";

export function BookingDrawer(): ReactElement {
  const { t } = useTexts();
  const { booking } = useSearch({ from: "/signed-in/reservations" });
  const navigate = useNavigate({ from: "/reservations" });
  return (
    <Drawer
      opened={booking !== undefined}
      onClose={() => void navigate({ search: (now) => ({ ...now, booking: undefined }), resetScroll: false })}
      position="right"
      size={560}
      title={t("booking.detail")}
      closeButtonProps={{ "aria-label": t("common:close") }}
      padding="lg"
    >
      {booking !== undefined && <Panel key={booking} bookingId={booking} />}
    </Drawer>
  );
}

function Panel({ bookingId }: { bookingId: string }): ReactElement {
  const { data, error, isError, refetch } = useBooking(bookingId);
  const [moving, setMoving] = useState(false);
  if (isError) return <Failed error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <Skeleton height={320} />;
  const { booking } = data;
  if (moving) {
    return (
      <BookingFlow
        place={placeOf(booking.customer?.customer_id ?? "")}
        moving={booking}
        onDone={() => setMoving(false)}
      />
    );
  }
  return (
    <div className={styles.detail}>
      <Facts booking={booking} />
      <Steps booking={booking} onMove={() => setMoving(true)} />
      <Basis booking={booking} />
      <History detail={data} />
    </div>
  );
}

function Facts({ booking }: { booking: Booking }): ReactElement {
  const { t, word } = useTexts();
  const [locale] = useLocale();
  return (
    <>
      <p className={styles.state} data-state={booking.state}>
        {t(`common:reservations.state.${booking.state}`)}
      </p>
      <dl className={styles.facts}>
        <dt>{t("common:reservations.when")}</dt>
        <dd className="enishi-figure">{formatDateTime(booking.starts_at, locale)}</dd>
        <dt>{t("booking.customer")}</dt>
        <dd>
          {booking.customer !== null && (
            <Link to="/customers/$customerId" params={{ customerId: booking.customer.customer_id }}>
              {booking.customer.name === "" ? booking.customer.customer_id.slice(0, 8) : booking.customer.name}
            </Link>
          )}
          {booking.tier !== "" && ` (${booking.tier})`}
        </dd>
        <dt>{t("common:reservations.service")}</dt>
        <dd>{booking.name}</dd>
        <dt>{t("booking.resource")}</dt>
        <dd>
          {booking.resources
            .map(({ code, name }) => (code === booking.choice ? `${name} (${t("common:reservations.choice")})` : name))
            .join("、")}
        </dd>
        <dt>{t("booking.price")}</dt>
        <dd className="enishi-figure">{formatYen(booking.price_yen)}</dd>
        <dt>{t("booking.booked")}</dt>
        <dd>
          {word("booking.face", booking.face)} {formatDateTime(booking.booked_at, locale)}
        </dd>
      </dl>
    </>
  );
}

/** From so long before its start a booking can be checked in. */
const AHEAD_MS = 12 * 60 * 60_000;

function Steps({ booking, onMove }: { booking: Booking; onMove: () => void }): ReactElement | null {
  const { t } = useTexts();
  const may = useMay();
  const problemText = useProblemText();
  const settle = useSettle(CONSOLE, true);
  if (!may("reservations.write")) return null;
  const ahead = Date.parse(booking.starts_at) - Date.now();
  const begun = ahead <= 0;
  const near = ahead <= AHEAD_MS;
  const steps: [Step, string][] =
    booking.state === "booked"
      ? [...(near ? ([["arrive", t("booking.event.arrived")]] as [Step, string][]) : []), ...(begun ? ([["no_show", t("booking.event.no_show")]] as [Step, string][]) : [])]
      : booking.state === "arrived"
        ? [["done", t("booking.event.done")]]
        : booking.state === "no_show" || booking.state === "late_cancelled"
          ? [["forgive", t("booking.event.forgiven")]]
          : [];
  return (
    <>
      <Group gap="xs">
        {steps.map(([step, label]) => (
          <Button key={step} loading={settle.isPending} onClick={() => settle.mutate({ bookingId: booking.booking_id, step })}>
            {label}
          </Button>
        ))}
        {booking.state === "booked" && (
          <>
            <Button variant="default" onClick={onMove}>
              {t("booking.event.changed")}
            </Button>
            <Button
              variant="default"
              color="red"
              onClick={() => settle.mutate({ bookingId: booking.booking_id, step: "cancel" })}
            >
              {t("booking.event.cancelled")}
            </Button>
          </>
        )}
      </Group>
      {settle.isError && <Alert color="red">{problemText(asProblem(settle.error))}</Alert>}
    </>
  );
}

function Basis({ booking }: { booking: Booking }): ReactElement {
  const { t } = useTexts();
  return (
    <section>
      <h3>{t("booking.quotasAt")}</h3>
      {booking.quotas.length === 0 && <p className={styles.quiet}>—</p>}
      {booking.quotas.map((one) => (
        <p key={one.quota}>
          {t("booking.quotaAt", {
            name: one.name,
            total: one.total,
            held: one.held,
            room: one.total - one.held,
            used: one.used,
            own: one.own,
          })}
        </p>
      ))}
      <p className={styles.quiet}>
        {t("booking.version")}: {booking.settings_version}
      </p>
    </section>
  );
}

function History({ detail }: { detail: BookingDetail }): ReactElement {
  const { t, word } = useTexts();
  const [locale] = useLocale();
  return (
    <section>
      <h3>{t("booking.history")}</h3>
      <ol className={styles.history}>
        {detail.events.map((one, index) => (
          <li key={`${index}-${one.at}`}>
            <b>{word("booking.event", one.event)}</b>
            <span className="enishi-figure">{formatDateTime(one.at, locale)}</span>
            <small>{one.actor.split(":")[0]}</small>
          </li>
        ))}
      </ol>
    </section>
  );
}
