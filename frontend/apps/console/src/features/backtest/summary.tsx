// A result in a few lines, for whoever approves a draft.
import type { Backtest } from "@enishi/api/types.ts";
import { formatCount, formatDate, formatPoints, formatYen } from "@enishi/i18n/format.ts";
import { useLocale } from "@enishi/i18n/start.ts";
import type { ReactElement } from "react";
import { useTexts } from "../../shell/texts.ts";
import { signed } from "./figures.ts";
import styles from "./report.module.css";

export function BacktestSummary({ result }: { result: Backtest }): ReactElement {
  const { t } = useTexts();
  const [locale] = useLocale();
  const { total, liability_today: owed, liability_tried: wouldOwe } = result;
  return (
    <div className={styles.summary}>
      <dl>
        <dt>{t("backtest.summary.points")}</dt>
        <dd>
          {formatPoints(total.today.points)} → {formatPoints(total.tried.points)}
          <b>{signed(total.difference_points, formatPoints)}</b>
        </dd>
        <dt>{t("backtest.summary.cost")}</dt>
        <dd>
          {formatYen(total.today.cost_yen)} → {formatYen(total.tried.cost_yen)}
          <b>{signed(total.difference_yen, formatYen)}</b>
        </dd>
        {result.tiers_tried.length > 0 && (
          <>
            <dt>{t("backtest.summary.ranks")}</dt>
            <dd>
              {t("backtest.headline.rises", { n: formatCount(result.rising) })}
              <b>{t("backtest.headline.falls", { n: formatCount(result.falling) })}</b>
            </dd>
          </>
        )}
        {owed !== null && wouldOwe !== null && (
          <>
            <dt>{t("backtest.summary.liability")}</dt>
            <dd>
              {formatYen(owed.yen)} → {formatYen(wouldOwe.yen)}
              <b>{signed(wouldOwe.yen - owed.yen, formatYen)}</b>
            </dd>
          </>
        )}
      </dl>
      <p>
        {t("backtest.summary.period", {
          since: formatDate(result.since_on, locale),
          until: formatDate(result.until_on, locale),
          n: formatCount(result.purchases),
        })}
      </p>
    </div>
  );
}
