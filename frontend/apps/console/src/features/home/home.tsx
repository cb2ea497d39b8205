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

interface Figure {
  key: "sales" | "purchases" | "customers" | "earned" | "used";
  value: (home: Home) => string;
  previous: ((day: DayFigures) => string) | null;
}

const FIGURES: Figure[] = [
  { key: "sales", value: (home) => formatYen(home.today.total_yen), previous: (day) => formatYen(day.total_yen) },
  { key: "purchases", value: (home) => formatCount(home.today.purchases), previous: (day) => formatCount(day.purchases) },
  { key: "customers", value: (home) => formatCount(home.today.customers), previous: null },
  {
    key: "earned",
    value: (home) => formatPoints(home.today.points_earned),
    previous: (day) => formatPoints(day.points_earned),
  },
  { key: "used", value: (home) => formatPoints(home.today.points_used), previous: (day) => formatPoints(day.points_used) },
];

/** Today's figures, each with that of the latest earlier day beneath it. */
function Figures({ home }: { home: Home | undefined }): ReactElement {
  const { t } = useTexts();
  const today = home === undefined ? "" : dayKey(home.as_of);
  const before = home?.days.findLast((day) => day.on < today);
  return (
    <section className={styles.figures} aria-label={t("home.today")}>
      {FIGURES.map((figure) => (
        <div key={figure.key} className={styles.figure}>
          <p className={styles.label}>{t(`home.${figure.key}`)}</p>
          {home === undefined ? (
            <Skeleton height={30} width="70%" />
          ) : (
            <p className={`${styles.value} enishi-figure`}>{figure.value(home)}</p>
          )}
          <p className={`${styles.before} enishi-figure`}>
            {before !== undefined && figure.previous !== null
              ? t("home.previous", { day: formatMonthDay(before.on), value: figure.previous(before) })
              : "\u00a0"}
          </p>
        </div>
      ))}
    </section>
  );
}
