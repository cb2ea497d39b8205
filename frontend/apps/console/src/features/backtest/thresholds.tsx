// Thresholds: who reached them with what was bought anyway, who stayed just below, and what would pay for them.
import type { BacktestResult, BacktestReach, BacktestThreshold } from "@enishi/api/types.ts";
import { formatCount, formatPoints, formatYen } from "@enishi/i18n/format.ts";
import { useLocale } from "@enishi/i18n/start.ts";
import { SegmentedControl } from "@mantine/core";
import { type CSSProperties, type ReactElement, useState } from "react";
import { Card } from "../../shell/page.tsx";
import { useTexts } from "../../shell/texts.ts";
import { highest } from "./figures.ts";
import styles from "./report.module.css";

const DEFAULT_MARGIN = 30;

export function Thresholds({ result }: { result: BacktestResult }): ReactElement {
  const { t } = useTexts();
  const [margin, setMargin] = useState(DEFAULT_MARGIN);
  const found = result.thresholds.filter(isTold);
  const margins = found.flatMap(({ tried }) => tried?.break_even ?? []).map((one) => one.margin_percent);
  const choices = [...new Set(margins)].sort((one, other) => one - other);
  return (
    <Card
      title={t("backtest.thresholds.title")}
      note={t("backtest.thresholds.note")}
      actions={
        choices.length > 0 && (
          <span className={styles.margin}>
            {t("backtest.thresholds.margin")}
            <SegmentedControl
              size="xs"
              aria-label={t("backtest.thresholds.margin")}
              value={String(margin)}
              onChange={(value) => setMargin(Number(value))}
              data={choices.map((n) => ({ value: String(n), label: t("backtest.thresholds.marginValue", { n }) }))}
            />
          </span>
        )
      }
    >
      {found.length === 0 ? <p>{t("backtest.thresholds.none")}</p> : <Shades />}
      {(["campaign", "rank"] as const).map((kind) => {
        const own = found.filter((one) => one.kind === kind);
        return (
          own.length > 0 && (
            <section key={kind} className={styles.thresholds}>
              <h3 className={styles.sub}>{t(`backtest.thresholds.${kind}s`)}</h3>
              <ul>
                {own.map((one) => (
                  <Told key={`${one.code}-${one.needed}-${one.needed_text}`} threshold={one} margin={margin} />
                ))}
              </ul>
            </section>
          )
        );
      })}
    </Card>
  );
}

/** A rank of which nobody is within reach, by this alone, has nothing to say. */
function isTold({ kind, tried }: BacktestThreshold): boolean {
  return tried !== null && (kind === "campaign" || (tried.below.at(-1)?.count ?? 0) > 0);
}

/** Between sentences: Japanese has no space there. */
function useSpace(): string {
  const [locale] = useLocale();
  return locale === "ja" ? "" : " ";
}

/** What the shades of the bars mean. */
function Shades(): ReactElement {
  const { t } = useTexts();
  return (
    <p className={styles.shades}>
      {[30, 20, 10].map((n) => (
        <span key={n}>
          <i data-side={String(n)} aria-hidden="true" />
          {t("backtest.thresholds.within", { n })}
        </span>
      ))}
      <span>
        <i data-side="reached" aria-hidden="true" />
        {t("backtest.thresholds.reached")}
      </span>
    </p>
  );
}

function Told({ threshold, margin }: { threshold: BacktestThreshold; margin: number }): ReactElement | null {
  const { t } = useTexts();
  const { tried: reach, kind } = threshold;
  if (reach === null) return null;
  const receipts = kind === "campaign";
  const [ten, twenty, thirty] = reach.below.map(({ count }) => formatCount(count));
  const below = { ten, twenty, thirty };
  const n = formatCount(reach.count);
  const join = useSpace();
  return (
    <li>
      <h4>
        {threshold.name}
        <span>{threshold.needed_text}</span>
      </h4>
      <Bar reach={reach} />
      <p>
        {!receipts && t("backtest.thresholds.reachedMembers", { n })}
        {receipts && threshold.today === null && t("backtest.thresholds.reachedReceipts", { n })}
        {receipts && threshold.today !== null && t("backtest.thresholds.reachedReceiptsLive", { n })}
        {join}
        {reach.points > 0 && t("backtest.thresholds.given", { points: formatPoints(reach.points), yen: formatYen(reach.points_yen) })}
        {reach.points > 0 && join}
        {t(receipts ? "backtest.thresholds.belowReceipts" : "backtest.thresholds.belowMembers", below)}
      </p>
      <Pays reach={reach} margin={margin} />
    </li>
  );
}

function Pays({ reach, margin }: { reach: BacktestReach; margin: number }): ReactElement | null {
  const { t } = useTexts();
  const space = useSpace();
  const one = reach.break_even.find(({ margin_percent: percent }) => percent === margin);
  if (one === undefined) return null;
  const within = reach.below.at(-1)?.count ?? 0;
  const values = { n: formatCount(one.lifted ?? 0), thirty: formatCount(within) };
  return (
    <p>
      {t("backtest.thresholds.pays", { margin, sales: formatYen(one.sales_yen) })}
      {space}
      {one.lifted === null && within > 0 && t("backtest.thresholds.unpayable")}
      {one.lifted !== null && one.lifted <= within && t("backtest.thresholds.lifted", values)}
      {one.lifted !== null && one.lifted > within && t("backtest.thresholds.liftedTooMany", values)}
    </p>
  );
}

/** The bands below a threshold beside those who reached it, as parts of one bar. */
function Bar({ reach }: { reach: BacktestReach }): ReactElement {
  const { t } = useTexts();
  const [ten = 0, twenty = 0, thirty = 0] = reach.below.map(({ count }) => count);
  const parts = [
    { side: "30", count: thirty - twenty },
    { side: "20", count: twenty - ten },
    { side: "10", count: ten },
    { side: "reached", count: reach.count },
  ];
  const top = highest([thirty + reach.count]);
  const label = t("backtest.thresholds.bar", {
    reached: formatCount(reach.count),
    ten: formatCount(ten),
    twenty: formatCount(twenty),
    thirty: formatCount(thirty),
  });
  return (
    <div className={styles.bands} role="img" aria-label={label} title={label}>
      {parts.map(({ side, count }) => (
        <i key={side} data-side={side} style={{ "--share": `${(count / top) * 100}%` } as CSSProperties} />
      ))}
    </div>
  );
}
