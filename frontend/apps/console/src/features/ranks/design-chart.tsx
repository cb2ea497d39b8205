// How members are spread over what is counted, with the cuts; and which tenth of them brings how much of the revenue.
// Each picture has its figures as a table, and says nothing that the table does not.
import type { ProposedCuts } from "@enishi/api/types.ts";
import { formatCount, formatPercent, formatYen } from "@enishi/i18n/format.ts";
import type { CSSProperties, ReactElement } from "react";
import table from "../../shell/list.module.css";
import { useTexts } from "../../shell/texts.ts";
import { placeOf } from "./design-place.ts";
import type { Step } from "./design-proposal.tsx";
import styles from "./design.module.css";
import type { Measure } from "./ladder.ts";

type Band = ProposedCuts["bands"][number];

interface SpreadProps {
  bands: readonly Band[];
  steps: readonly Step[];
  measure: Measure;
  amount: (measure: Measure, value: number) => string;
}

export function Spread({ bands, steps, measure, amount }: SpreadProps): ReactElement {
  const { t } = useTexts();
  const highest = Math.max(1, ...bands.map(({ members }) => members));
  const edges = bands.map(({ from_value }) => from_value);
  const name = (value: number): string => (value === 0 ? t("design.bandNone") : t("design.band", { from: amount(measure, value) }));
  return (
    <figure className={styles.chart}>
      <figcaption>
        <b>{t("design.chart", { measure: t(`ladder.measures.${measure}`) })}</b>
        <span className={styles.quiet}>{t("design.chartHint")}</span>
      </figcaption>
      <div className={styles.plot} aria-hidden="true">
        {bands.map(({ from_value, members }) => (
          <span
            key={from_value}
            title={`${name(from_value)} ${formatCount(members)}`}
            style={
              {
                "--rank": steps.find(({ from }) => from_value >= from)?.colour,
                blockSize: `${(members / highest) * 100}%`,
              } as CSSProperties
            }
          />
        ))}
        {steps
          .filter(({ from }) => from > 0)
          .map((step) => (
            <i key={step.level} style={{ insetInlineStart: `${placeOf(step.from, edges) * 100}%` }}>
              <em style={{ "--rank": step.colour } as CSSProperties}>{step.name}</em>
            </i>
          ))}
      </div>
      <div className={styles.axis} aria-hidden="true">
        <span>{name(0)}</span>
        <span>{name(edges[Math.floor(edges.length / 2)] ?? 0)}</span>
        <span>{name(edges.at(-1) ?? 0)}</span>
      </div>
      <details className={styles.figures}>
        <summary>{t("design.bandTable")}</summary>
        <div className={table.scroll}>
          <table className={table.table}>
            <thead>
              <tr>
                <th scope="col">{t(`ladder.measures.${measure}`)}</th>
                <th scope="col" data-figure>
                  {t("design.members")}
                </th>
                <th scope="col" data-figure>
                  {t("design.revenue")}
                </th>
              </tr>
            </thead>
            <tbody>
              {bands.map(({ from_value, members, revenue_yen }) => (
                <tr key={from_value}>
                  <th scope="row">{name(from_value)}</th>
                  <td data-figure>{formatCount(members)}</td>
                  <td data-figure>{formatYen(revenue_yen)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </figure>
  );
}

interface TenthsProps {
  tenths: ProposedCuts["tenths"];
  members: number;
  revenue: number;
}

/** A bar for each tenth, and what all so far bring together: the picture that a Lorenz curve gives, in figures. */
export function Tenths({ tenths, members, revenue }: TenthsProps): ReactElement {
  const { t } = useTexts();
  const largest = Math.max(1, ...tenths.map(({ revenue_yen }) => revenue_yen));
  let people = 0;
  let yen = 0;
  return (
    <figure className={styles.chart}>
      <figcaption>
        <b>{t("design.tenths")}</b>
        <span className={styles.quiet}>{t("design.tenthsHint")}</span>
      </figcaption>
      <table className={styles.tenths}>
        <thead>
          <tr>
            <th scope="col">{t("design.members")}</th>
            <th scope="col">{t("design.share")}</th>
            <th scope="col" aria-label={t("design.revenue")} />
          </tr>
        </thead>
        <tbody>
          {tenths.map((one, index) => {
            const from = Math.round((people / members) * 100);
            people += one.members;
            yen += one.revenue_yen;
            const share = revenue === 0 ? 0 : one.revenue_yen / revenue;
            return (
              <tr key={index}>
                <th scope="row">{t("design.tenthAt", { from, to: Math.round((people / members) * 100) })}</th>
                <td>
                  <span className={styles.bar} aria-hidden="true">
                    <span style={{ inlineSize: `${(one.revenue_yen / largest) * 100}%` }} />
                  </span>
                  <b className="enishi-figure">{formatPercent(share)}</b>
                </td>
                <td className="enishi-figure">
                  {formatYen(one.revenue_yen)} <small>Σ {formatPercent(revenue === 0 ? 0 : yen / revenue)}</small>
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </figure>
  );
}
