import type { DayFigures, Home } from "@enishi/api/types.ts";
import { dayKey, formatCount, formatDate, formatMonthDay, formatPoints, formatTime, formatYen } from "@enishi/i18n/format.ts";
import { useLocale } from "@enishi/i18n/start.ts";
import { Skeleton } from "@mantine/core";
import type { ReactElement } from "react";
import { useTexts } from "../../shell/texts.ts";
import { Card, PageHead } from "../../shell/page.tsx";
import { Failed } from "../../shell/states.tsx";
import styles from "./home.module.css";
import { useHome } from "./queries.ts";
import { RecentReceipts } from "./recent.tsx";
import { Trend } from "./trend.tsx";

export function HomePage(): ReactElement {
  const { t } = useTexts();
  const [locale] = useLocale();
  const { data, error, isError, refetch } = useHome();
  const today = data === undefined ? new Date().toISOString() : data.as_of;
  return (
    <>
      <PageHead
        title={t("home.title")}
        meta={
          <>
            <span>{formatDate(today, locale)}</span>
            {data !== undefined && (
              <span className={styles.live} data-paused={isError} role="status">
                {isError ? t("home.paused") : t("home.live")}
                <span className="enishi-figure">{t("common:updatedAt", { time: formatTime(data.as_of) })}</span>
              </span>
            )}
          </>
        }
      />
      {data === undefined && isError ? (
        <Card>
          <Failed error={error} onRetry={() => void refetch()} />
        </Card>
      ) : (
        <div className={styles.page}>
          <Figures home={data} />
          <Trend days={data?.days} />
          <RecentReceipts recent={data?.recent} />
        </div>
      )}
    </>
  );
}

type Key = "sales" | "purchases" | "customers" | "earned" | "used";

interface Figure {
  key: Key;
  /** The day's figure. How many different members bought is known for today only. */
  of: (day: Omit<DayFigures, "on">) => string;
}

const SALES: Figure = { key: "sales", of: (day) => formatYen(day.total_yen) };
const PURCHASES: Figure = { key: "purchases", of: (day) => formatCount(day.purchases) };
const EARNED: Figure = { key: "earned", of: (day) => formatPoints(day.points_earned) };
const USED: Figure = { key: "used", of: (day) => formatPoints(day.points_used) };

/** Today's figures over those of the latest earlier day; before today's first receipt, that day's own. */
function Figures({ home }: { home: Home | undefined }): ReactElement {
  const { t } = useTexts();
  const [locale] = useLocale();
  const today = home === undefined ? "" : dayKey(home.as_of);
  const before = home?.days.findLast((day) => day.on < today);
  const idle = home !== undefined && home.today.purchases === 0 && before !== undefined;
  if (idle) {
    return (
      <section className={styles.strip} aria-label={t("home.latestDay")}>
        <p className={styles.notYet}>{t("home.notYet", { day: formatDate(before.on, locale) })}</p>
        <div className={styles.figures} data-count={4}>
          {[SALES, PURCHASES, EARNED, USED].map((figure) => (
            <FigureCell key={figure.key} name={figure.key} value={figure.of(before)} />
          ))}
        </div>
      </section>
    );
  }
  const cell = (figure: Figure): ReactElement => (
    <FigureCell
      key={figure.key}
      name={figure.key}
      value={home === undefined ? null : figure.of(home.today)}
      note={
        before === undefined ? "" : t("home.previous", { day: formatMonthDay(before.on), value: figure.of(before) })
      }
    />
  );
  return (
    <section className={styles.strip} aria-label={t("home.today")}>
      <div className={styles.figures} data-count={5}>
        {cell(SALES)}
        {cell(PURCHASES)}
        <FigureCell name="customers" value={home === undefined ? null : formatCount(home.today.customers)} note="" />
        {cell(EARNED)}
        {cell(USED)}
      </div>
    </section>
  );
}

interface FigureCellProps {
  name: Key;
  /** Null while it is loading. */
  value: string | null;
  note?: string;
}

function FigureCell({ name, value, note }: FigureCellProps): ReactElement {
  const { t } = useTexts();
  return (
    <div className={styles.figure}>
      <p className={styles.label}>{t(`home.${name}`)}</p>
      {value === null ? (
        <Skeleton height={30} width="70%" my={6} />
      ) : (
        <p className={`${styles.value} enishi-figure`}>{value}</p>
      )}
      {note !== undefined && <p className={`${styles.before} enishi-figure`}>{note === "" ? "\u00a0" : note}</p>}
    </div>
  );
}
