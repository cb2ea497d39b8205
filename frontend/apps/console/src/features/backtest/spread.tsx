// How members are spread over points and ranks, by both rules.
import type { BacktestResult } from "@enishi/api/types.ts";
import { formatCount } from "@enishi/i18n/format.ts";
import type { ReactElement } from "react";
import { Card } from "../../shell/page.tsx";
import { useTexts } from "../../shell/texts.ts";
import { tierPairs } from "./figures.ts";
import { Legend, type Pair, PairBars } from "./pair-bars.tsx";
import styles from "./report.module.css";

const THOUSAND = 1_000;

/** `500`, `1k`, `20k`: below a bar there is little room. */
function short(points: number): string {
  return points >= THOUSAND ? `${points / THOUSAND}k` : String(points);
}

export function Spread({ result }: { result: BacktestResult }): ReactElement {
  const { t } = useTexts();
  const points: Pair[] = result.points_by_member.map(({ from_points: from, below_points: below, today, tried }) => ({
    key: String(from),
    label: short(from),
    name:
      below === null
        ? t("backtest.spread.over", { from: formatCount(from) })
        : below - from === 1
          ? formatCount(from)
          : t("backtest.spread.from", { from: formatCount(from), to: formatCount(below - 1) }),
    today,
    tried,
  }));
  const tiers: Pair[] = tierPairs(result).map(({ code, name, today, tried }) => ({ key: code, label: name, name, today, tried }));
  return (
    <Card title={t("backtest.spread.title")} actions={<Legend />}>
      <div className={styles.multiples}>
        <PairBars title={t("backtest.spread.points")} heading={t("backtest.spread.unit")} pairs={points} format={formatCount} />
        {tiers.length > 0 && (
          <PairBars title={t("backtest.spread.tiers")} heading={t("backtest.spread.tier")} pairs={tiers} format={formatCount} />
        )}
      </div>
    </Card>
  );
}
