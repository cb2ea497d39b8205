// Two bars beside each other for each of some things: today's rules and the draft. The numbers stand in a table below it.
import { type ReactElement, useId } from "react";
import { useTexts } from "../../shell/texts.ts";
import { highest } from "./figures.ts";
import styles from "./report.module.css";

export interface Pair {
  key: string;
  /** Below the bars. */
  label: string;
  /** In the table, where there is room for more. */
  name: string;
  today: number | null;
  tried: number | null;
}

interface PairBarsProps {
  title: string;
  /** Heads the column of the names in the table. */
  heading: string;
  pairs: readonly Pair[];
  format: (value: number) => string;
}

export function PairBars({ title, heading, pairs, format }: PairBarsProps): ReactElement {
  const { t } = useTexts();
  const id = useId();
  const top = highest(pairs.flatMap(({ today, tried }) => [today ?? 0, tried ?? 0]));
  return (
    <figure className={styles.chart} aria-labelledby={id}>
      <figcaption id={id}>
        <span>{title}</span>
        <small>{pairs.some(({ today, tried }) => today || tried) && t("backtest.most", { value: format(top) })}</small>
      </figcaption>
      <div className={styles.bars} aria-hidden="true">
        {pairs.map((pair) => (
          <div key={pair.key} title={`${pair.name}  ${t("backtest.today")} ${show(pair.today, format)} / ${t("backtest.tried")} ${show(pair.tried, format)}`}>
            <div>
              <i data-side="today" style={{ height: `${((pair.today ?? 0) / top) * 100}%` }} />
              <i data-side="tried" style={{ height: `${((pair.tried ?? 0) / top) * 100}%` }} />
            </div>
            <span>{pair.label}</span>
          </div>
        ))}
      </div>
      <details>
        <summary>{t("backtest.numbers")}</summary>
        <div className={styles.scroll} role="region" aria-label={title} tabIndex={0}>
          <table className={styles.table}>
            <thead>
              <tr>
                <th scope="col">{heading}</th>
                <th scope="col">{t("backtest.today")}</th>
                <th scope="col">{t("backtest.tried")}</th>
              </tr>
            </thead>
            <tbody>
              {pairs.map((pair) => (
                <tr key={pair.key}>
                  <th scope="row">{pair.name}</th>
                  <td>{show(pair.today, format)}</td>
                  <td>{show(pair.tried, format)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </figure>
  );
}

function show(value: number | null, format: (value: number) => string): string {
  return value === null ? "–" : format(value);
}

/** What the two colours mean. */
export function Legend(): ReactElement {
  const { t } = useTexts();
  return (
    <span className={styles.legend}>
      <i data-side="today" aria-hidden="true" />
      {t("backtest.today")}
      <i data-side="tried" aria-hidden="true" />
      {t("backtest.tried")}
    </span>
  );
}
