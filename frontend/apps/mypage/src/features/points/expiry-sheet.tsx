/** Every lot of points by its last day, soonest first: the order in which they are used. */
import type { Balance } from "@enishi/api/types.ts";
import { formatDate, formatPoints } from "@enishi/i18n/format.ts";
import type { ReactElement } from "react";
import { useCard } from "../../queries.ts";
import { Awaited } from "../../shell/awaited.tsx";
import { Nothing } from "../../shell/states.tsx";
import { useWords } from "../../shell/words.ts";
import styles from "./expiry-sheet.module.css";
import { gatherLots } from "./lots.ts";

export function ExpirySheet(): ReactElement {
  return (
    <Awaited query={useCard()} failed="problem.card">
      {(card) => <Lots balance={card.balance} />}
    </Awaited>
  );
}

function Lots({ balance }: { balance: Balance }): ReactElement {
  const { t, locale } = useWords();
  const lots = gatherLots(balance.lots);
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
          <strong className="enishi-figure">{formatPoints(balance.available)}</strong>
        </li>
      </ul>
    </div>
  );
}
