// Thirty days as bars, with the same figures as a table for those who read better that way.
import type { DayFigures } from "@enishi/api/types.ts";
import { formatCount, formatDate, formatPoints, formatYen } from "@enishi/i18n/format.ts";
import { useLocale } from "@enishi/i18n/start.ts";
import { Button, SegmentedControl, Skeleton } from "@mantine/core";
import { lazy, type ReactElement, Suspense, useState } from "react";
import { useTexts } from "../../shell/texts.ts";
import { Card } from "../../shell/page.tsx";
import { Empty } from "../../shell/states.tsx";
import styles from "./home.module.css";

const TrendChart = lazy(() => import("./trend-chart.tsx"));

export type Series = "sales" | "purchases" | "points";

const NAMES = { sales: "home.seriesSales", purchases: "home.seriesPurchases", points: "home.seriesPoints" } as const;
const HEIGHT = 256;

function average(days: DayFigures[], series: Series): string {
  const mean = (of: (day: DayFigures) => number): number =>
    Math.round(days.reduce((sum, day) => sum + of(day), 0) / days.length);
  if (series === "sales") return formatYen(mean((day) => day.total_yen));
  if (series === "purchases") return formatCount(mean((day) => day.purchases));
  return formatPoints(mean((day) => day.points_earned));
}

export function Trend({ days }: { days: DayFigures[] | undefined }): ReactElement {
  const { t } = useTexts();
  const [series, setSeries] = useState<Series>("sales");
  const [asTable, setAsTable] = useState(false);
  const some = days !== undefined && days.length > 0;
  return (
    <Card
      title={t("home.trend")}
      note={
        some
          ? `${t("home.trendNote", { n: days.length })} · ${t("home.average", { value: average(days, series) })}`
          : undefined
      }
      actions={
        <div className={styles.series}>
          <Button variant="subtle" size="compact-sm" onClick={() => setAsTable(!asTable)} disabled={!some}>
            {asTable ? t("home.chart") : t("home.table")}
          </Button>
          <SegmentedControl
            size="xs"
            aria-label={t("home.series")}
            value={series}
            onChange={(value) => setSeries(value as Series)}
            data={(["sales", "purchases", "points"] as const).map((value) => ({ value, label: t(NAMES[value]) }))}
          />
        </div>
      }
    >
      {days === undefined && <Skeleton height={HEIGHT} />}
      {days?.length === 0 && <Empty icon="receipt" title={t("home.noDays")} />}
      {some && asTable && <DaysTable days={days} />}
      {some && !asTable && (
        <Suspense fallback={<Skeleton height={HEIGHT} />}>
          {series === "points" && (
            <p className={styles.legend} aria-hidden="true">
              <span style={{ "--swatch": "var(--enishi-chart-1)" }}>{t("home.earned")}</span>
              <span style={{ "--swatch": "var(--enishi-chart-2)" }}>{t("home.used")}</span>
            </p>
          )}
          <TrendChart days={days} series={series} />
        </Suspense>
      )}
    </Card>
  );
}

function DaysTable({ days }: { days: DayFigures[] }): ReactElement {
  const { t } = useTexts();
  const [locale] = useLocale();
  return (
    <div className={styles.table} tabIndex={0} role="region" aria-label={t("home.trend")}>
      <table className="enishi-figure">
        <thead>
          <tr>
            <th scope="col">{t("home.day")}</th>
            <th scope="col">{t("home.sales")}</th>
            <th scope="col">{t("home.purchases")}</th>
            <th scope="col">{t("home.earned")}</th>
            <th scope="col">{t("home.used")}</th>
          </tr>
        </thead>
        <tbody>
          {days.toReversed().map((day) => (
            <tr key={day.on}>
              <td>{formatDate(day.on, locale)}</td>
              <td>{formatYen(day.total_yen)}</td>
              <td>{formatCount(day.purchases)}</td>
              <td>{formatPoints(day.points_earned)}</td>
              <td>{formatPoints(day.points_used)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
