// The customer at the till: what they may spend, what is about to lapse, and their last visits.
import { asProblem } from "@enishi/api/client.ts";
import type { Balance, CounterCustomer, Customer, Lot, Standing } from "@enishi/api/types.ts";
import {
  daysUntil,
  formatCount,
  formatDate,
  formatDayInSentence,
  formatPoints,
  formatRelative,
} from "@enishi/i18n/format.ts";
import { useLocale } from "@enishi/i18n/start.ts";
import { Icon } from "@enishi/ui/icons.tsx";
import { useQueryClient } from "@tanstack/react-query";
import { type ReactElement, useEffect, useState } from "react";
import { CustomerBookings } from "../reservations/customer.tsx";
import { Benefits } from "../benefits/benefits.tsx";
import { Cards } from "../cards/cards.tsx";
import { RankLine } from "../rank/rank-line.tsx";
import { memory } from "../../shell/memory.ts";
import { SESSION_KEY } from "../../shell/session.ts";
import { useTexts } from "../../shell/texts.ts";
import styles from "./customer.module.css";
import { Errands } from "./errands.tsx";
import { useCustomer } from "./queries.ts";
import { Apart, Frozen, Movements } from "./standing.tsx";
import { Visits } from "./visits.tsx";
import { WhySheet } from "./why-sheet.tsx";

const SOON_DAYS = 30;

interface ScreenProps {
  customerId: string;
  query: string | null;
  online: boolean;
  onNext: () => void;
}

export function CustomerScreen({ customerId, query, online, onNext }: ScreenProps): ReactElement {
  const { t } = useTexts();
  const client = useQueryClient();
  const { data, error, isError, isFetching, refetch } = useCustomer(customerId, query, online);
  const expired = isError && asProblem(error).unauthenticated;
  useEffect(() => {
    if (expired) client.setQueryData(SESSION_KEY, null);
  }, [expired, client]);
  useEffect(() => {
    document.title = t("pageTitle", { page: t("customer.title") });
  }, [t]);
  const remembered = memory.get(customerId);
  const shown = data ?? (online ? undefined : remembered?.data);
  return (
    <>
      {shown === undefined && !isError && <CustomerSkeleton />}
      {shown === undefined && isError && (
        <Failure notFound={asProblem(error).status === 404} onRetry={() => void refetch()} />
      )}
      {shown !== undefined && (
        <Found data={shown} staleSinceMs={online ? null : (remembered?.atMs ?? null)} online={online} />
      )}
      <footer className={styles.actions}>
        <button type="button" disabled={!online || isFetching} onClick={() => void refetch()}>
          <Icon name="refresh" size={22} />
          {t("customer.refresh")}
        </button>
        <button type="button" className={styles.next} onClick={onNext}>
          {t("customer.next")}
          <Icon name="chevronRight" size={22} />
        </button>
      </footer>
    </>
  );
}

function Failure({ notFound, onRetry }: { notFound: boolean; onRetry: () => void }): ReactElement {
  const { t } = useTexts();
  return (
    <div className={styles.failure} role="alert">
      <Icon name="warning" size={30} />
      <strong>{t("common:error.title")}</strong>
      <p>{notFound ? t("common:error.notFound") : t("common:error.unexpected")}</p>
      <button type="button" onClick={onRetry}>
        {t("common:retry")}
      </button>
    </div>
  );
}

interface FoundProps {
  data: CounterCustomer;
  staleSinceMs: number | null;
  online: boolean;
}

function Found({ data, staleSinceMs, online }: FoundProps): ReactElement {
  const { t } = useTexts();
  const [locale] = useLocale();
  const [why, setWhy] = useState<string | null>(null);
  return (
    <div className={styles.customer}>
      {staleSinceMs !== null && (
        <p className={styles.stale} role="status">
          <Icon name="clock" size={22} />
          {t("offline.cachedAt", { age: formatRelative(new Date(staleSinceMs).toISOString(), locale) })}
        </p>
      )}
      <Person customer={data.customer} />
      <RankLine customerId={data.customer.customer_id} online={online} />
      {data.standing.frozen_since !== null && <Frozen since={data.standing.frozen_since} />}
      <Points balance={data.customer.balance} standing={data.standing} />
      <Apart standing={data.standing} />
      <Benefits customerId={data.customer.customer_id} online={online} />
      <Cards customerId={data.customer.customer_id} online={online} />
      <CustomerBookings customer={data.customer} online={online} />
      <Errands customerId={data.customer.customer_id} online={online} />
      <Visits visits={data.visits} customerId={data.customer.customer_id} online={online} onWhy={setWhy} />
      <Movements movements={data.movements} online={online} onWhy={setWhy} />
      {why !== null && <WhySheet entryId={why} onClose={() => setWhy(null)} />}
    </div>
  );
}

function Person({ customer }: { customer: Customer }): ReactElement {
  const { t, word } = useTexts();
  const [locale] = useLocale();
  const [card] = customer.identifiers.toSorted((a, b) => Number(b.kind === "card") - Number(a.kind === "card"));
  return (
    <header className={styles.person}>
      <div>
        {customer.name_kana !== "" && <p className={styles.kana}>{customer.name_kana}</p>}
        <h1>{t("customer.honorific", { name: customer.name })}</h1>
      </div>
      <ul>
        {card !== undefined && (
          <li>
            {word("common:identifier", card.kind)} <span className="enishi-figure">{card.value}</span>
          </li>
        )}
        <li>
          {t("customer.purchases", { n: formatCount(customer.purchases_count) })}
          {customer.last_purchase_at !== null &&
            ` · ${t("customer.lastVisit", { when: formatRelative(customer.last_purchase_at, locale) })}`}
        </li>
        <li>
          {t("customer.joined", { date: formatDate(customer.joined_at, locale) })}
          {customer.invented && ` · ${t("common:invented")}`}
        </li>
      </ul>
    </header>
  );
}

function Points({ balance, standing }: { balance: Balance; standing: Standing }): ReactElement {
  const { t } = useTexts();
  const [open, setOpen] = useState(false);
  return (
    <section className={styles.points} aria-label={t("customer.available")}>
      <div className={styles.available}>
        <h2>{t("customer.available")}</h2>
        <p className="enishi-figure">
          {formatCount(balance.available)}
          <small>pt</small>
        </p>
      </div>
      <dl className={styles.kinds}>
        <div data-kind="regular">
          <dt>{t("common:kind.regular")}</dt>
          <dd className="enishi-figure">{formatPoints(balance.regular)}</dd>
        </div>
        <div data-kind="limited">
          <dt>{t("common:kind.limited")}</dt>
          <dd className="enishi-figure">{formatPoints(balance.limited)}</dd>
        </div>
        {standing.pending_points > 0 && (
          <div data-kind="pending">
            <dt>{t("common:standing.pending")}</dt>
            <dd className="enishi-figure">{formatPoints(standing.pending_points)}</dd>
          </div>
        )}
        {standing.held_points > 0 && (
          <div data-kind="held">
            <dt>{t("common:standing.held")}</dt>
            <dd className="enishi-figure">{formatPoints(standing.held_points)}</dd>
          </div>
        )}
      </dl>
      {balance.owed > 0 && <p className={styles.negative}>{t("common:returns.owed", { points: formatPoints(balance.owed) })}</p>}
      <Expiry lot={balance.next_expiry} />
      {balance.lots.length > 1 && (
        <>
          <button type="button" className={styles.toggle} aria-expanded={open} onClick={() => setOpen(!open)}>
            {open ? t("customer.hide") : t("customer.lots")}
            <Icon name="chevronDown" size={20} data-open={open} />
          </button>
          {open && <Lots lots={balance.lots} />}
        </>
      )}
    </section>
  );
}

function Expiry({ lot }: { lot: Lot | null }): ReactElement {
  const { t } = useTexts();
  const [locale] = useLocale();
  if (lot === null) return <p className={styles.expiry}>{t("customer.noExpiry")}</p>;
  const days = daysUntil(lot.expires_on);
  return (
    <p className={styles.expiry} data-soon={days <= SOON_DAYS}>
      <Icon name="clock" size={22} />
      <span>
        {t("customer.expiring", {
          date: formatDayInSentence(lot.expires_on, locale),
          points: formatPoints(lot.points),
        })}
      </span>
      <b className="enishi-figure">
        {days <= 0 ? t("customer.expiringToday") : t("customer.expiringDays", { n: formatCount(days) })}
      </b>
    </p>
  );
}

function Lots({ lots }: { lots: Lot[] }): ReactElement {
  const { t } = useTexts();
  const [locale] = useLocale();
  return (
    <ul className={styles.lots}>
      {lots.map((lot) => (
        <li key={`${lot.kind}-${lot.expires_on}`} data-kind={lot.kind}>
          <span className="enishi-figure">{t("customer.until", { date: formatDate(lot.expires_on, locale) })}</span>
          <small>{t(`common:kindShort.${lot.kind}`)}</small>
          <b className="enishi-figure">{formatPoints(lot.points)}</b>
        </li>
      ))}
    </ul>
  );
}

function CustomerSkeleton(): ReactElement {
  const { t } = useTexts();
  return (
    <div className={styles.skeleton} role="status">
      <span className="enishi-visually-hidden">{t("common:loading")}</span>
      <i style={{ blockSize: "5rem", inlineSize: "60%" }} />
      <i style={{ blockSize: "15rem" }} />
      <i style={{ blockSize: "20rem" }} />
    </div>
  );
}
