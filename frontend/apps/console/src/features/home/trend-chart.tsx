// The chart itself, loaded only when the home page shows it.
import type { DayFigures } from "@enishi/api/types.ts";
import { formatCount, formatDate, formatMonthDay, formatPoints, formatYen } from "@enishi/i18n/format.ts";
import { useLocale } from "@enishi/i18n/start.ts";
import { BarChart } from "echarts/charts";
import { AriaComponent, GridComponent, TooltipComponent } from "echarts/components";
import { type EChartsCoreOption, init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import { type ReactElement, useEffect, useRef } from "react";
import { useTexts } from "../../shell/texts.ts";
import styles from "./home.module.css";
import type { Series } from "./trend.tsx";

use([BarChart, GridComponent, TooltipComponent, AriaComponent, SVGRenderer]);

type Chart = ReturnType<typeof init>;

function token(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--enishi-${name}`).trim();
}

/** `¥1.2M` would be foreign here: Japanese counts in 万, English in k and M. */
function shortAmount(value: number, locale: "ja" | "en", yen: boolean): string {
  const compact = new Intl.NumberFormat(locale === "ja" ? "ja-JP" : "en-US", {
    notation: "compact",
    maximumFractionDigits: 1,
  }).format(value);
  return yen ? `¥${compact}` : compact;
}

interface Bars {
  name: string;
  colour: string;
  values: number[];
  format: (value: number) => string;
}

function barsOf(days: DayFigures[], series: Series, t: (key: "home.sales" | "home.purchases" | "home.earned" | "home.used") => string): Bars[] {
  if (series === "sales") {
    const values = days.map((day) => day.total_yen);
    return [{ name: t("home.sales"), colour: token("chart-1"), values, format: formatYen }];
  }
  if (series === "purchases") {
    const values = days.map((day) => day.purchases);
    return [{ name: t("home.purchases"), colour: token("chart-1"), values, format: formatCount }];
  }
  return [
    {
      name: t("home.earned"),
      colour: token("chart-1"),
      values: days.map((day) => day.points_earned),
      format: formatPoints,
    },
    { name: t("home.used"), colour: token("chart-2"), values: days.map((day) => day.points_used), format: formatPoints },
  ];
}

function optionOf(days: DayFigures[], bars: Bars[], series: Series, locale: "ja" | "en"): EChartsCoreOption {
  const axisText = { color: token("ink-secondary"), fontFamily: token("font"), fontSize: 11 };
  return {
    animationDuration: window.matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 250,
    aria: { enabled: true, label: { description: bars.map((bar) => bar.name).join(", ") } },
    grid: { left: 0, right: 4, top: 12, bottom: 0, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
    tooltip: {
      trigger: "axis",
      axisPointer: { type: "shadow", shadowStyle: { color: token("indigo-50"), opacity: 0.7 } },
      backgroundColor: token("surface"),
      borderColor: token("line"),
      textStyle: { color: token("ink"), fontFamily: token("font"), fontSize: 12 },
      formatter: (points: { dataIndex: number }[]) => tooltipOf(points[0]?.dataIndex ?? 0, days, bars, locale),
    },
    xAxis: {
      type: "category",
      data: days.map((day) => formatMonthDay(day.on)),
      axisTick: { show: false },
      axisLine: { lineStyle: { color: token("line-strong") } },
      axisLabel: { ...axisText, hideOverlap: true },
    },
    yAxis: {
      type: "value",
      splitNumber: 4,
      axisLabel: { ...axisText, formatter: (value: number) => shortAmount(value, locale, series === "sales") },
      splitLine: { lineStyle: { color: token("line") } },
    },
    series: bars.map((bar) => ({
      type: "bar",
      name: bar.name,
      data: bar.values,
      barMaxWidth: 22,
      barCategoryGap: "35%",
      itemStyle: { color: bar.colour, borderRadius: [3, 3, 0, 0] },
    })),
  };
}

/** The tooltip's content as elements: nothing here is ever parsed as markup. */
function tooltipOf(index: number, days: DayFigures[], bars: Bars[], locale: "ja" | "en"): HTMLElement {
  const box = document.createElement("div");
  const title = document.createElement("div");
  title.textContent = formatDate(days[index]?.on ?? "", locale);
  box.append(title);
  for (const bar of bars) {
    const row = document.createElement("strong");
    row.className = styles.tip ?? "";
    row.textContent = `${bar.name} ${bar.format(bar.values[index] ?? 0)}`;
    box.append(row);
  }
  return box;
}

export default function TrendChart({ days, series }: { days: DayFigures[]; series: Series }): ReactElement {
  const { t } = useTexts();
  const [locale] = useLocale();
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<Chart>(null);

  useEffect(() => {
    if (box.current === null) return;
    const made = init(box.current, null, { renderer: "svg" });
    chart.current = made;
    const watch = new ResizeObserver(() => made.resize());
    watch.observe(box.current);
    return () => {
      watch.disconnect();
      made.dispose();
      chart.current = null;
    };
  }, []);

  useEffect(() => {
    chart.current?.setOption(optionOf(days, barsOf(days, series, t), series, locale), { notMerge: true });
  }, [days, series, locale, t]);

  return <div ref={box} className={styles.plot} />;
}
