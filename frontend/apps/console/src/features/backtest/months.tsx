// Month by month, as small charts of the same months beside each other.
import type { BacktestResult, BacktestRow } from "@enishi/api/types.ts";
import { formatMonth, formatPercent, formatPoints, formatYen } from "@enishi/i18n/format.ts";
import { useLocale } from "@enishi/i18n/start.ts";
import type { ReactElement } from "react";
import { Card } from "../../shell/page.tsx";
import { useTexts } from "../../shell/texts.ts";
import { Legend, type Pair, PairBars } from "./pair-bars.tsx";
import styles from "./report.module.css";

type Sums = BacktestRow["today"];

export function Months({ result }: { result: BacktestResult }): ReactElement {
  const { t } = useTexts();
  const [locale] = useLocale();
  const pairs = (value: (sums: Sums) => number): Pair[] =>
    result.months.map((month) => ({
      key: month.code,
      label: String(Number(month.code.slice(5))),
      name: formatMonth(`${month.code}-01`, locale),
      today: value(month.today),
      tried: value(month.tried),
    }));
  const heading = t("backtest.months.month");
  return (
    <Card title={t("backtest.months.title")} note={t("backtest.months.note")} actions={<Legend />}>
      <div className={styles.multiples}>
        <PairBars title={t("backtest.months.points")} heading={heading} pairs={pairs((sums) => sums.points)} format={formatPoints} />
        <PairBars title={t("backtest.months.cost")} heading={heading} pairs={pairs((sums) => sums.cost_yen)} format={formatYen} />
        <PairBars
          title={t("backtest.months.share")}
          heading={heading}
          pairs={pairs((sums) => (sums.sales_yen > 0 ? sums.cost_yen / sums.sales_yen : 0))}
          format={formatPercent}
        />
      </div>
    </Card>
  );
}
