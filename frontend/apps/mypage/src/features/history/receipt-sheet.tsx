/** One receipt with its lines, as it was printed, and the points that came of it. */
import type { PurchaseDetail, PurchaseLine } from "@enishi/api/types.ts";
import { formatCount, formatDateTime, formatPoints, formatYen } from "@enishi/i18n/format.ts";
import type { ReactElement } from "react";
import { useReceipt } from "../../queries.ts";
import { Awaited } from "../../shell/awaited.tsx";
import { Bones } from "../../shell/states.tsx";
import { useWords, type Word } from "../../shell/words.ts";
import { EntryButton } from "./entry-button.tsx";
import { Returns } from "./returns.tsx";
import styles from "./receipt-sheet.module.css";

/** Japan's reduced rate, marked with ※ on every receipt. */
const REDUCED_RATE_PERCENT = 8;

export function ReceiptSheet({ purchaseId }: { purchaseId: string }): ReactElement {
  return (
    <Awaited query={useReceipt(purchaseId)} failed="problem.receipt" bones={<Bones rows={6} height="2.5rem" />}>
      {(receipt) => <Receipt receipt={receipt} />}
    </Awaited>
  );
}

function Receipt({ receipt }: { receipt: PurchaseDetail }): ReactElement {
  const { t, locale } = useWords();
  return (
    <article className={styles.receipt}>
      <header>
        <p className={styles.store}>{receipt.store.name}</p>
        <p className={styles.quiet}>
          <span className="enishi-figure">{formatDateTime(receipt.occurred_at, locale)}</span>
          <span>{t(`channel.${receipt.channel}`)}</span>
        </p>
      </header>
      <Points receipt={receipt} />
      <section className={styles.paper} aria-label={t("receipt.lines")}>
        <ul className={styles.lines}>
          {receipt.lines.map((line, index) => (
            <Line key={`${index}-${line.sku}`} line={line} />
          ))}
        </ul>
        <Sums receipt={receipt} />
      </section>
      <Returns receipt={receipt} />
      <Notes receipt={receipt} />
    </article>
  );
}

function Line({ line }: { line: PurchaseLine }): ReactElement {
  const { t } = useWords();
  const plain = line.quantity === 1 && line.discount_yen === 0 && line.returned === 0;
  return (
    <li>
      <span className={styles.name}>
        {line.category === null || line.category === "" ? line.sku : line.category}
        {line.tax_rate_percent === REDUCED_RATE_PERCENT && <span className={styles.mark}>{"\u00a0※"}</span>}
      </span>
      <span className="enishi-figure">{formatYen(line.net_yen)}</span>
      {!plain && (
        <span className={styles.detail}>
          {line.quantity !== 1 && (
            <span className="enishi-figure">
              {t("receipt.each", { price: formatYen(line.unit_price_yen), quantity: formatCount(line.quantity) })}
            </span>
          )}
          {line.discount_yen !== 0 && (
            <span className={styles.discount}>{t("receipt.discount", { amount: formatYen(line.discount_yen) })}</span>
          )}
          {line.returned > 0 && (
            <span className={styles.discount}>
              {line.returned === line.pieces
                ? t("returns.whole")
                : t("returns.back", { n: formatCount(line.returned) })}
            </span>
          )}
        </span>
      )}
    </li>
  );
}

/** The word of a way to pay; a way this page does not know reads as "other". */
function methodWord(method: string, has: (word: string) => word is Word): Word {
  const word = `payment.${method}`;
  return has(word) ? word : "payment.other";
}

function Sums({ receipt }: { receipt: PurchaseDetail }): ReactElement {
  const { t, has } = useWords();
  return (
    <dl className={styles.sums}>
      <div className={styles.total}>
        <dt>{t("receipt.total")}</dt>
        <dd className="enishi-figure">{formatYen(receipt.total_yen)}</dd>
      </div>
      {receipt.taxes.map((tax) => (
        <div key={tax.rate_percent} className={styles.minor}>
          <dt>
            {t("receipt.taxRate", { rate: tax.rate_percent })}{" "}
            <span className="enishi-figure">{formatYen(tax.gross_yen)}</span>
          </dt>
          <dd className="enishi-figure">{t("receipt.tax", { amount: formatYen(tax.tax_yen) })}</dd>
        </div>
      ))}
      {receipt.points_used > 0 && (
        <div>
          <dt>{t("receipt.pointsUsed")}</dt>
          <dd className="enishi-figure">{formatPoints(receipt.points_used)}</dd>
        </div>
      )}
      {receipt.payments.map((payment, index) => (
        <div key={`${index}-${payment.method}`}>
          <dt>{t(methodWord(payment.method, has))}</dt>
          <dd className="enishi-figure">{formatYen(payment.amount_yen)}</dd>
        </div>
      ))}
    </dl>
  );
}

function Points({ receipt }: { receipt: PurchaseDetail }): ReactElement {
  const { t } = useWords();
  if (receipt.entries.length === 0) return <p className={styles.quiet}>{t("receipt.noPoints")}</p>;
  return (
    <section className={styles.points} aria-label={t("receipt.points")}>
      <h3>{t("receipt.points")}</h3>
      <div>
        {receipt.entries.map((entry) => (
          <EntryButton key={entry.entry_id} entry={entry} />
        ))}
      </div>
    </section>
  );
}

function Notes({ receipt }: { receipt: PurchaseDetail }): ReactElement {
  const { t } = useWords();
  const reduced = receipt.lines.some((line) => line.tax_rate_percent === REDUCED_RATE_PERCENT);
  return (
    <footer className={styles.notes}>
      {reduced && <p>{t("receipt.reduced")}</p>}
      {receipt.tax_mode === "excluded" && <p>{t("receipt.excluded")}</p>}
      {receipt.coupon_codes.length > 0 && (
        <p>
          {t("receipt.coupons")}: {receipt.coupon_codes.join(", ")}
        </p>
      )}
      <p>
        {t("receipt.number")}: <span className="enishi-figure">{receipt.external_id}</span>
      </p>
    </footer>
  );
}
