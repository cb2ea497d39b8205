/** What the member bought and what happened to their points, month by month, each figure with its "why?". */
import type { TimelineItem } from "@enishi/api/types.ts";
import { formatMonth, formatPoints, formatSignedPoints, formatTime, formatYen } from "@enishi/i18n/format.ts";
import type { ReactElement } from "react";
import { useHistory } from "../../queries.ts";
import { Awaited } from "../../shell/awaited.tsx";
import { calendarLeaf, plainDate } from "../../shell/dates.ts";
import { open } from "../../shell/router.ts";
import { Bones, Failure, Nothing } from "../../shell/states.tsx";
import { useWords } from "../../shell/words.ts";
import { EntryButton } from "./entry-button.tsx";
import styles from "./history.module.css";
import { byMonth, entriesOf, itemKey } from "./months.ts";

export function History(): ReactElement {
  const { t } = useWords();
  return (
    <section className={styles.history} aria-labelledby="history">
      <h2 id="history" className={styles.title}>
        {t("history.title")}
      </h2>
      <HistoryList />
    </section>
  );
}

function HistoryList(): ReactElement {
  const history = useHistory();
  return (
    <Awaited query={history} failed="problem.history" bones={<Bones rows={5} />}>
      {({ pages }) => <Months items={pages.flatMap((page) => page.items)} more={<More history={history} />} />}
    </Awaited>
  );
}

function Months({ items, more }: { items: readonly TimelineItem[]; more: ReactElement }): ReactElement {
  const { locale } = useWords();
  if (items.length === 0) return <Nothing icon="receipt" title="history.emptyTitle" text="history.empty" />;
  return (
    <>
      {byMonth(items).map((month) => (
        <section key={month.key} className={styles.month}>
          <h3 className={styles.monthName}>{formatMonth(month.at, locale)}</h3>
          <ul className={styles.items}>
            {month.items.map((item) => (
              <HistoryRow key={itemKey(item)} item={item} />
            ))}
          </ul>
        </section>
      ))}
      {more}
    </>
  );
}

function More({ history }: { history: ReturnType<typeof useHistory> }): ReactElement {
  const { t } = useWords();
  if (history.isFetchNextPageError) {
    return <Failure title="problem.more" error={history.error} onRetry={() => void history.fetchNextPage()} />;
  }
  if (!history.hasNextPage) return <p className={styles.end}>{t("history.end")}</p>;
  return (
    <button
      type="button"
      className={styles.more}
      aria-busy={history.isFetchingNextPage}
      onClick={() => {
        if (!history.isFetchingNextPage) void history.fetchNextPage();
      }}
    >
      {history.isFetchingNextPage ? `${t("loading")}…` : t("more")}
    </button>
  );
}

function HistoryRow({ item }: { item: TimelineItem }): ReactElement {
  const { t, locale } = useWords();
  const { day, weekday } = calendarLeaf(item.at, locale);
  const entries = entriesOf(item);
  const pending = item.item === "purchase" ? item.pending_points : 0;
  return (
    <li className={styles.item}>
      <div className={styles.leaf} aria-hidden="true">
        <span className="enishi-figure">{day}</span>
        <small>{weekday}</small>
      </div>
      {item.item === "purchase" ? <PurchaseText item={item} /> : <EntryText item={item} />}
      <div className={styles.points}>
        {entries.map((entry) => (
          <EntryButton key={entry.entry_id} entry={entry} />
        ))}
        {pending > 0 && (
          <span className={styles.none}>
            {t("standing.pending")}
            <b className="enishi-figure">{formatPoints(pending)}</b>
          </span>
        )}
        {entries.length === 0 && pending === 0 && <span className={styles.none}>{t("history.noPoints")}</span>}
      </div>
    </li>
  );
}

function PurchaseText({ item }: { item: Extract<TimelineItem, { item: "purchase" }> }): ReactElement {
  const { t } = useWords();
  const { purchase } = item;
  const amount = formatYen(purchase.total_yen);
  return (
    <button
      type="button"
      className={styles.text}
      onClick={() => open({ name: "receipt", id: purchase.purchase_id })}
      aria-label={t("history.openReceipt", { date: plainDate(item.at), store: purchase.store.name, amount })}
    >
      <span className={styles.place}>{purchase.store.name}</span>
      <span className={styles.facts}>
        <span className="enishi-figure">{formatTime(item.at)}</span>
        <span>{t(`channel.${purchase.channel}`)}</span>
        <span className="enishi-figure">{amount}</span>
        {item.returned_yen > 0 && (
          <span className={styles.returned}>{t("returns.yen", { amount: formatYen(item.returned_yen) })}</span>
        )}
      </span>
    </button>
  );
}

function EntryText({ item }: { item: Extract<TimelineItem, { item: "entry" }> }): ReactElement {
  const { t } = useWords();
  const { entry } = item;
  return (
    <button
      type="button"
      className={styles.text}
      onClick={() => open({ name: "why", id: entry.entry_id })}
      aria-label={`${plainDate(item.at)} ${entry.summary} ${formatSignedPoints(entry.points)}`}
    >
      <span className={styles.place}>{entry.summary}</span>
      <span className={styles.facts}>
        <span className="enishi-figure">{formatTime(item.at)}</span>
        <span>{t(`entryType.${entry.type}`)}</span>
        {entry.store !== null && <span>{entry.store.name}</span>}
      </span>
    </button>
  );
}
