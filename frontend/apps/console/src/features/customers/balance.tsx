// What the customer can spend: in one figure, by kind, and lot by lot until when.
import type { Balance, Customer, CustomerPoints, Lot } from "@enishi/api/types.ts";
import { daysUntil, formatCount, formatDate, formatPoints, formatYen } from "@enishi/i18n/format.ts";
import { useLocale } from "@enishi/i18n/start.ts";
import type { ReactElement, ReactNode } from "react";
import { useTexts } from "../../shell/texts.ts";
import { Card } from "../../shell/page.tsx";
import { When } from "../../shell/values.tsx";
import styles from "./balance.module.css";

const SOON_DAYS = 30;

export function Summary({ customer, points }: { customer: Customer; points: CustomerPoints | undefined }): ReactElement {
  const { t } = useTexts();
  const { balance } = customer;
  return (
    <section className={styles.summary}>
      <div className={styles.available}>
        <h2>{t("customer.available")}</h2>
        <p className={`${styles.points} enishi-figure`}>
          {formatCount(balance.available)}
          <small>pt</small>
        </p>
        <p className={styles.kinds}>
          <span data-kind="regular">
            {t("common:kindShort.regular")} <b className="enishi-figure">{formatPoints(balance.regular)}</b>
          </span>
          <span data-kind="limited">
            {t("common:kindShort.limited")} <b className="enishi-figure">{formatPoints(balance.limited)}</b>
          </span>
        </p>
        {points !== undefined && (points.held > 0 || points.pending > 0) && (
          <p className={styles.apart}>
            {points.held > 0 && (
              <span>
                {t("adjusting.states.held")} <b className="enishi-figure">{formatPoints(points.held)}</b>
              </span>
            )}
            {points.pending > 0 && (
              <span>
                {t("adjusting.states.pending")} <b className="enishi-figure">{formatPoints(points.pending)}</b>
              </span>
            )}
          </p>
        )}
        {balance.owed > 0 && <p className={styles.negative}>{t("common:returns.owed", { points: formatPoints(balance.owed) })}</p>}
      </div>
      <NextExpiry lot={balance.next_expiry} />
      <dl className={styles.facts}>
        <Fact label={t("customer.purchases")}>
          {t("customer.purchasesValue", { n: formatCount(customer.purchases_count) })}
        </Fact>
        <Fact label={t("customer.total")}>{formatYen(customer.purchases_total_yen)}</Fact>
        <Fact label={t("customer.last")}>
          {customer.last_purchase_at === null ? "—" : <When at={customer.last_purchase_at} />}
        </Fact>
        <Fact label={t("customer.first")}>
          {customer.first_purchase_at === null ? "—" : <When at={customer.first_purchase_at} />}
        </Fact>
      </dl>
    </section>
  );
}

function Fact({ label, children }: { label: string; children: ReactNode }): ReactElement {
  return (
    <div>
      <dt>{label}</dt>
      <dd className="enishi-figure">{children}</dd>
    </div>
  );
}

function useRemaining(): (lot: Lot) => string {
  const { t } = useTexts();
  return (lot) => {
    const days = daysUntil(lot.expires_on);
    return days <= 0 ? t("customer.expiresToday") : t("customer.expiresIn", { n: formatCount(days) });
  };
}

function NextExpiry({ lot }: { lot: Lot | null }): ReactElement {
  const { t } = useTexts();
  const [locale] = useLocale();
  const remaining = useRemaining();
  return (
    <div className={styles.expiry} data-soon={lot !== null && daysUntil(lot.expires_on) <= SOON_DAYS}>
      <h2>{t("customer.nextExpiry")}</h2>
      {lot === null ? (
        <p className={styles.none}>{t("customer.nextExpiryNone")}</p>
      ) : (
        <>
          <p className={`${styles.expiring} enishi-figure`}>
            {formatPoints(lot.points)}
            <span>{remaining(lot)}</span>
          </p>
          <p className={styles.until}>
            {t(`common:kindShort.${lot.kind}`)} · {t("customer.until", { date: formatDate(lot.expires_on, locale) })}
          </p>
        </>
      )}
    </div>
  );
}

export function LotsCard({ balance }: { balance: Balance }): ReactElement {
  const { t } = useTexts();
  const [locale] = useLocale();
  const remaining = useRemaining();
  const most = Math.max(1, ...balance.lots.map((lot) => lot.points));
  return (
    <Card title={t("customer.lots")}>
      {balance.lots.length === 0 ? (
        <p className={styles.none}>{t("customer.lotsEmpty")}</p>
      ) : (
        <ul className={styles.lots}>
          {balance.lots.map((lot) => (
            <li key={`${lot.kind}-${lot.expires_on}`} data-kind={lot.kind}>
              <div>
                <span className="enishi-figure">{formatDate(lot.expires_on, locale)}</span>
                <b className="enishi-figure">{formatPoints(lot.points)}</b>
              </div>
              <span className={styles.bar} aria-hidden="true">
                <span style={{ inlineSize: `${Math.max(2, (lot.points / most) * 100)}%` }} />
              </span>
              <div className={styles.lotNote} data-soon={daysUntil(lot.expires_on) <= SOON_DAYS}>
                <span>{t(`common:kind.${lot.kind}`)}</span>
                <span className="enishi-figure">{remaining(lot)}</span>
              </div>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
