// What trying a draft on the past came to, beside today's rules.
import type { BacktestResult } from "@enishi/api/types.ts";
import { formatCount, formatDate, formatInstant, formatPercent, formatPoints, formatYen } from "@enishi/i18n/format.ts";
import { useLocale } from "@enishi/i18n/start.ts";
import type { ReactElement, ReactNode } from "react";
import { Card } from "../../shell/page.tsx";
import { useTexts } from "../../shell/texts.ts";
import { signed } from "./figures.ts";
import { RankFlow } from "./flow.tsx";
import { Months } from "./months.tsx";
import styles from "./report.module.css";
import { Rows } from "./rows.tsx";
import { Spread } from "./spread.tsx";
import { Thresholds } from "./thresholds.tsx";

export function BacktestReport({ result }: { result: BacktestResult }): ReactElement {
  return (
    <div className={styles.report}>
      <Headline result={result} />
      <Months result={result} />
      {result.tiers_tried.length + result.tiers_today.length > 0 && <RankFlow result={result} />}
      <Rows result={result} />
      <Spread result={result} />
      <Thresholds result={result} />
      <Basis result={result} />
    </div>
  );
}

interface FigureProps {
  name: string;
  value: string;
  difference: string | null;
  hint: ReactNode;
}

function Figure({ name, value, difference, hint }: FigureProps): ReactElement {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <strong className="enishi-figure">{value}</strong>
        {difference !== null && <span className="enishi-figure">{difference}</span>}
        <small>{hint}</small>
      </dd>
    </div>
  );
}

export function Headline({ result }: { result: BacktestResult }): ReactElement {
  const { t } = useTexts();
  const { total, liability_today: owed, liability_tried: wouldOwe } = result;
  const ranked = result.tiers_tried.length + result.tiers_today.length > 0;
  const stay = result.members - result.rising - result.falling;
  return (
    <dl className={styles.headline} aria-label={t("backtest.headline.label")}>
      <Figure
        name={t("backtest.headline.points")}
        value={formatPoints(total.tried.points)}
        difference={signed(total.difference_points, formatPoints)}
        hint={t("backtest.headline.from", { value: formatPoints(total.today.points) })}
      />
      <Figure
        name={t("backtest.headline.cost")}
        value={formatYen(total.tried.cost_yen)}
        difference={signed(total.difference_yen, formatYen)}
        hint={
          <>
            {t("backtest.headline.from", { value: formatYen(total.today.cost_yen) })}
            {result.valuation !== null && (
              <>
                <br />
                {t("backtest.headline.costHint", { price: result.valuation.yen_per_point })}
              </>
            )}
          </>
        }
      />
      <Figure
        name={t("backtest.headline.ranks")}
        value={ranked ? t("backtest.headline.rises", { n: formatCount(result.rising) }) : "–"}
        difference={ranked ? t("backtest.headline.falls", { n: formatCount(result.falling) }) : null}
        hint={ranked ? t("backtest.headline.stay", { n: formatCount(stay) }) : t("backtest.headline.noRanks")}
      />
      {owed !== null && wouldOwe !== null && (
        <Figure
          name={t("backtest.headline.liability")}
          value={formatYen(wouldOwe.yen)}
          difference={signed(wouldOwe.yen - owed.yen, formatYen)}
          hint={
            <>
              {t("backtest.headline.from", { value: formatYen(owed.yen) })}
              <br />
              {t("backtest.headline.liabilityHint", {
                contract: formatYen(wouldOwe.contract_liability_yen),
                provision: formatYen(wouldOwe.provision_yen),
              })}
            </>
          }
        />
      )}
    </dl>
  );
}

function Basis({ result }: { result: BacktestResult }): ReactElement {
  const { t } = useTexts();
  const [locale] = useLocale();
  const { valuation } = result;
  return (
    <Card title={t("backtest.basis.title")}>
      <dl className={styles.basis}>
        <dt>{t("backtest.basis.period")}</dt>
        <dd>
          {formatDate(result.since_on, locale)} – {formatDate(result.until_on, locale)}
        </dd>
        <dt>{t("backtest.basis.receipts")}</dt>
        <dd>
          {formatCount(result.purchases)} ({formatYen(result.total.today.sales_yen)})
        </dd>
        <dt>{t("backtest.basis.members")}</dt>
        <dd>{formatCount(result.members)}</dd>
        <dt>{t("backtest.basis.now")}</dt>
        <dd>{formatInstant(result.now, locale)}</dd>
        {valuation !== null && (
          <>
            <dt>{t("backtest.basis.value")}</dt>
            <dd>
              {valuation.settings_version > 0
                ? t("backtest.basis.valueOf", { price: valuation.yen_per_point, version: valuation.settings_version })
                : t("backtest.basis.valueDefault", { price: valuation.yen_per_point })}
            </dd>
            <dt>{t("backtest.basis.use")}</dt>
            <dd>
              {t(valuation.from_history ? "backtest.basis.useHistory" : "backtest.basis.useFallback", {
                rate: formatPercent(Number(valuation.use_rate)),
              })}
            </dd>
          </>
        )}
        <dt>{t("backtest.basis.document")}</dt>
        <dd>
          <code title={result.document}>{result.document.slice(0, 12)}</code>
          <small>{t("backtest.basis.documentHint")}</small>
        </dd>
      </dl>
      <h3 className={styles.sub}>{t("backtest.basis.assumptions")}</h3>
      <ul className={styles.assumptions}>
        {result.moved.map(({ code, name, days }) => (
          <li key={code}>{t("backtest.basis.moved", { name, days: formatCount(days) })}</li>
        ))}
        {result.assumptions.map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
    </Card>
  );
}
