import type { PurchaseDetail } from "@enishi/api/types.ts";
import { formatCount, formatDateTime, formatMonth, formatYen } from "@enishi/i18n/format.ts";
import { useLocale } from "@enishi/i18n/start.ts";
import { Icon } from "@enishi/ui/icons.tsx";
import { WhyLink } from "@enishi/ui/why.tsx";
import { Link } from "@tanstack/react-router";
import type { ReactElement, ReactNode } from "react";
import { useTexts } from "../../shell/texts.ts";
import { useMay } from "../../shell/session.ts";
import { ChannelName, SignedPoints } from "../../shell/values.tsx";
import styles from "./receipt.module.css";
import { Returns } from "./returns.tsx";

interface ReceiptProps {
  purchase: PurchaseDetail;
  onWhy: (entryId: string) => void;
}

export function Receipt({ purchase, onWhy }: ReceiptProps): ReactElement {
  const { t } = useTexts();
  const [locale] = useLocale();
  return (
    <div className={styles.receipt}>
      <header>
        <p className={`${styles.total} enishi-figure`}>{formatYen(purchase.total_yen)}</p>
        <p className={styles.where}>
          <span>{purchase.store.name}</span>
          <span className="enishi-figure">{formatDateTime(purchase.occurred_at, locale)}</span>
          <ChannelName channel={purchase.channel} />
        </p>
        {purchase.customer_id !== null && (
          <Link
            className={styles.customer}
            to="/customers/$customerId"
            params={{ customerId: purchase.customer_id }}
            search={{}}
          >
            {t("receipt.openCustomer")}
            <Icon name="chevronRight" size={15} />
          </Link>
        )}
      </header>
      <PointsMoved purchase={purchase} onWhy={onWhy} />
      {purchase.booked_in !== null && (
        <p className={styles.late}>{t("receipt.bookedIn", { month: formatMonth(purchase.booked_in, locale) })}</p>
      )}
      <Returns purchase={purchase} onWhy={onWhy} />
      <Lines purchase={purchase} />
      <div className={styles.pair}>
        <Taxes purchase={purchase} />
        <Payments purchase={purchase} />
      </div>
      <Origin purchase={purchase} />
    </div>
  );
}

function Section({ title, children }: { title: string; children: ReactNode }): ReactElement {
  return (
    <section>
      <h3 className={styles.title}>{title}</h3>
      {children}
    </section>
  );
}

function PointsMoved({ purchase, onWhy }: ReceiptProps): ReactElement {
  const { t } = useTexts();
  const may = useMay();
  return (
    <Section title={t("receipt.points")}>
      {purchase.entries.length === 0 ? (
        <p className={styles.none}>{t("receipt.noPoints")}</p>
      ) : (
        <ul className={styles.entries}>
          {purchase.entries.map((entry) => (
            <li key={entry.entry_id}>
              <span className={styles.summary}>{entry.summary}</span>
              <SignedPoints points={entry.points} />
              {may("points.read") && <WhyLink points={entry.points} onOpen={() => onWhy(entry.entry_id)} />}
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}

function Lines({ purchase }: { purchase: PurchaseDetail }): ReactElement {
  const { t } = useTexts();
  const discounted = purchase.lines.some((line) => line.discount_yen !== 0);
  return (
    <Section title={`${t("receipt.linesTitle")} (${t("receipt.lines", { n: purchase.lines.length })})`}>
      <div className={styles.scroll}>
        <table className={styles.lines}>
          <thead>
            <tr>
              <th scope="col">{t("receipt.item")}</th>
              <th scope="col">{t("receipt.unitPrice")}</th>
              <th scope="col">{t("receipt.quantity")}</th>
              {discounted && <th scope="col">{t("receipt.discount")}</th>}
              <th scope="col">{t("receipt.tax")}</th>
              <th scope="col">{t("receipt.net")}</th>
            </tr>
          </thead>
          <tbody>
            {purchase.lines.map((line, index) => (
              <tr key={`${index}-${line.sku}`}>
                <td>
                  {line.category === "" ? t("receipt.noCategory") : line.category}
                  <small>{line.sku}</small>
                </td>
                <td>{formatYen(line.unit_price_yen)}</td>
                <td>
                  {formatCount(line.quantity)}
                  {line.returned > 0 && <small>{t("common:returns.back", { n: formatCount(line.returned) })}</small>}
                </td>
                {discounted && <td>{line.discount_yen === 0 ? "" : formatYen(-line.discount_yen)}</td>}
                <td>{line.tax_rate_percent}%</td>
                <td>{formatYen(line.net_yen)}</td>
              </tr>
            ))}
          </tbody>
          <tfoot>
            <tr>
              <th scope="row" colSpan={discounted ? 5 : 4}>
                {t("receipt.total")}
              </th>
              <td>{formatYen(purchase.total_yen)}</td>
            </tr>
          </tfoot>
        </table>
      </div>
    </Section>
  );
}

function Taxes({ purchase }: { purchase: PurchaseDetail }): ReactElement {
  const { t } = useTexts();
  const wording = purchase.tax_mode === "included" ? "receipt.taxIncluded" : "receipt.taxExcluded";
  return (
    <Section title={t("receipt.taxes")}>
      <ul className={styles.rows}>
        {purchase.taxes.map((tax) => (
          <li key={tax.rate_percent}>
            <span>
              {t("receipt.taxRow", { rate: tax.rate_percent })}
              <small className="enishi-figure">{t(wording, { tax: formatYen(tax.tax_yen) })}</small>
            </span>
            <span className="enishi-figure">{formatYen(tax.gross_yen)}</span>
          </li>
        ))}
      </ul>
    </Section>
  );
}

function Payments({ purchase }: { purchase: PurchaseDetail }): ReactElement {
  const { t, word } = useTexts();
  const shown =
    purchase.points_used > 0 && purchase.payments.every(({ method }) => method !== "points")
      ? [{ method: "points", amount_yen: purchase.points_used }, ...purchase.payments]
      : purchase.payments;
  return (
    <Section title={t("receipt.payments")}>
      <ul className={styles.rows}>
        {shown.map((payment, index) => (
          <li key={`${index}-${payment.method}`}>
            <span>{word("common:payment", payment.method)}</span>
            <span className="enishi-figure">{formatYen(payment.amount_yen)}</span>
          </li>
        ))}
        {purchase.coupon_codes.length > 0 && (
          <li>
            <span>{t("receipt.coupons")}</span>
            <span>{purchase.coupon_codes.join(t("common:listSeparator"))}</span>
          </li>
        )}
      </ul>
    </Section>
  );
}

function Origin({ purchase }: { purchase: PurchaseDetail }): ReactElement {
  const { t } = useTexts();
  const [locale] = useLocale();
  return (
    <dl className={styles.origin}>
      <dt>{t("receipt.externalId")}</dt>
      <dd>{purchase.external_id}</dd>
      <dt>{t("receipt.source")}</dt>
      <dd>{purchase.source}</dd>
      {purchase.terminal !== "" && (
        <>
          <dt>{t("receipt.terminal")}</dt>
          <dd>{purchase.terminal}</dd>
        </>
      )}
      <dt>{t("receipt.recorded")}</dt>
      <dd className="enishi-figure">{formatDateTime(purchase.recorded_at, locale)}</dd>
    </dl>
  );
}
