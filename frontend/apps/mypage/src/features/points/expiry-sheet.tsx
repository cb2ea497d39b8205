/** Every lot of points by its last day, soonest first: the order in which they are used. */
import { formatDate, formatPoints } from "@enishi/i18n/format.ts";
import type { ReactElement } from "react";
import { useCard } from "../../queries.ts";
import { Bones, Failure, Nothing } from "../../shell/states.tsx";
import { useWords } from "../../shell/words.ts";
import styles from "./expiry-sheet.module.css";
import { gatherLots } from "./lots.ts";

export function ExpirySheet(): ReactElement {
  const { t, locale } = useWords();
  const { data: card, error, refetch } = useCard();
  if (card === undefined) {
    return error === null ? (
      <Bones rows={4} />
    ) : (
      <Failure title="problem.card" error={error} onRetry={() => void refetch()} />
    );
  }
  const lots = gatherLots(card.balance.lots);
  if (lots.length === 0) return <Nothing icon="points" text="points.none" />;
  return (
    <div className={styles.lots}>
      <p className={styles.lead}>{t("points.order")}</p>
      <ul>
        {lots.map((lot) => (
          <li key={`${lot.expires_on} ${lot.kind}`}>
            <span className="enishi-figure">{t("points.until", { date: formatDate(lot.expires_on, locale) })}</span>
            <span className={styles.kind} data-kind={lot.kind}>
              {t(`kindShort.${lot.kind}`)}
            </span>
            <strong className="enishi-figure">{formatPoints(lot.points)}</strong>
          </li>
        ))}
        <li className={styles.total}>
          <span>{t("points.total")}</span>
          <strong className="enishi-figure">{formatPoints(card.balance.available)}</strong>
        </li>
      </ul>
    </div>
  );
}
