/** What of a receipt came back, what was paid back for it, and the points it moved. */
import type { PurchaseDetail } from "@enishi/api/types.ts";
import { formatDateTime, formatYen } from "@enishi/i18n/format.ts";
import type { ReactElement } from "react";
import { useWords } from "../../shell/words.ts";
import { EntryButton } from "./entry-button.tsx";
import styles from "./returns.module.css";

export function Returns({ receipt }: { receipt: PurchaseDetail }): ReactElement | null {
  const { t, locale } = useWords();
  if (receipt.returns.length === 0) return null;
  return (
    <section className={styles.returns} aria-label={t("returns.title")}>
      <h3>{t("returns.title")}</h3>
      {receipt.returns.map((one) => (
        <div key={one.return_id} className={styles.one}>
          <p className={styles.facts}>
            <span className="enishi-figure">{formatDateTime(one.occurred_at, locale)}</span>
            <span className="enishi-figure">
              {t("returns.payBack")} {formatYen(one.pay_back_yen)}
            </span>
          </p>
          <div className={styles.entries}>
            {one.entries.map((entry) => (
              <EntryButton key={entry.entry_id} entry={entry} />
            ))}
          </div>
        </div>
      ))}
    </section>
  );
}
