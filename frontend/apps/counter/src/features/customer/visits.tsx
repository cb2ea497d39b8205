import type { Entry, PurchaseItem } from "@enishi/api/types.ts";
import { formatDate, formatPoints, formatRelative, formatSignedPoints, formatTime, formatYen } from "@enishi/i18n/format.ts";
import { useLocale } from "@enishi/i18n/start.ts";
import type { ReactElement } from "react";
import { useTexts } from "../../shell/texts.ts";
import { ReturnButton } from "../returns/return-button.tsx";
import styles from "./visits.module.css";

interface VisitsProps {
  visits: PurchaseItem[];
  customerId: string;
  online: boolean;
  onWhy: (entryId: string) => void;
}

export function Visits({ visits, customerId, online, onWhy }: VisitsProps): ReactElement {
  const { t } = useTexts();
  return (
    <section className={styles.visits}>
      <h2>{t("customer.visits")}</h2>
      {visits.length === 0 ? (
        <p className={styles.none}>{t("customer.noVisits")}</p>
      ) : (
        <ol>
          {visits.map((visit) => (
            <Visit
              key={visit.purchase.purchase_id}
              visit={visit}
              customerId={customerId}
              online={online}
              onWhy={onWhy}
            />
          ))}
        </ol>
      )}
    </section>
  );
}

interface VisitProps {
  visit: PurchaseItem;
  customerId: string;
  online: boolean;
  onWhy: (entryId: string) => void;
}

function Visit({ visit, customerId, online, onWhy }: VisitProps): ReactElement {
  const { t } = useTexts();
  const [locale] = useLocale();
  const { purchase, entries } = visit;
  return (
    <li>
      <div className={styles.when}>
        <strong>{formatDate(purchase.occurred_at, locale)}</strong>
        <small className="enishi-figure">
          {formatTime(purchase.occurred_at)} · {formatRelative(purchase.occurred_at, locale)}
        </small>
      </div>
      <div className={styles.bought}>
        <strong className="enishi-figure">{formatYen(purchase.total_yen)}</strong>
        <small>
          {purchase.store.name} · {t("customer.items", { n: purchase.lines_count })}
        </small>
        {visit.returned_yen > 0 && (
          <small className={styles.returned}>
            {t("common:returns.yen", { amount: formatYen(visit.returned_yen) })}
          </small>
        )}
      </div>
      <div className={styles.moves}>
        {visit.pending_points > 0 && (
          <small className={styles.pending}>
            {t("common:standing.pending")} <b className="enishi-figure">{formatPoints(visit.pending_points)}</b>
          </small>
        )}
        {entries.length === 0 && visit.pending_points === 0 && <small>{t("customer.noPoints")}</small>}
        {entries.map((entry) => (
          <Move key={entry.entry_id} entry={entry} online={online} onWhy={onWhy} />
        ))}
      </div>
      <ReturnButton visit={visit} customerId={customerId} online={online} />
    </li>
  );
}

export function Move({ entry, online, onWhy }: { entry: Entry; online: boolean; onWhy: VisitProps["onWhy"] }): ReactElement {
  const { t } = useTexts();
  const points = formatSignedPoints(entry.points);
  return (
    <button
      type="button"
      className={styles.move}
      data-sign={entry.points < 0 ? "minus" : "plus"}
      disabled={!online}
      title={online ? undefined : t("offline.whyUnavailable")}
      aria-label={t("common:why.linkFor", { points })}
      onClick={() => onWhy(entry.entry_id)}
    >
      <b className="enishi-figure">{points}</b>
      <span>{t("common:why.link")}</span>
    </button>
  );
}
