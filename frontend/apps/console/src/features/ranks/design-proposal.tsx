// A proposal: the members and the revenue of each tier as it would be, and pictures of how members are spread.
import type { ProposedCuts } from "@enishi/api/types.ts";
import { formatCount, formatMonth, formatPercent, formatYen } from "@enishi/i18n/format.ts";
import { useLocale } from "@enishi/i18n/start.ts";
import { RankDot } from "@enishi/ui/rank.tsx";
import type { CSSProperties, ReactElement } from "react";
import table from "../../shell/list.module.css";
import { Empty } from "../../shell/states.tsx";
import { useTexts } from "../../shell/texts.ts";
import { useCriterionWords } from "./criteria-words.ts";
import { Spread, Tenths } from "./design-chart.tsx";
import { useTierName } from "./design-panel.tsx";
import styles from "./design.module.css";
import { type Ladder, type Measure, TIER_COLOURS, type Window } from "./ladder.ts";

interface ProposalProps {
  found: ProposedCuts;
  ladder: Ladder;
  measure: Measure;
  window: Window;
  /** How many tiers were asked for. */
  wanted: number;
}

export interface Step {
  level: number;
  name: string;
  colour: string;
  /** From which value on; 0 for the lowest. */
  from: number;
  exact: number | null;
  wanted: number | null;
  members: number;
  revenue: number;
}

/** The tiers as they would be, the highest first. */
function useSteps(found: ProposedCuts, ladder: Ladder): Step[] {
  const count = found.cuts.length;
  const nameOf = useTierName(ladder, count);
  const colourOf = (level: number): string => ladder.tiers[level]?.colour ?? TIER_COLOURS[level % TIER_COLOURS.length] ?? "#8A9099";
  return [
    ...found.cuts.map((cut, index) => ({
      level: count - index,
      name: nameOf(index),
      colour: colourOf(count - index),
      from: cut.value,
      exact: cut.exact_value === cut.value ? null : cut.exact_value,
      wanted: cut.wanted_percent,
      members: cut.members,
      revenue: cut.revenue_yen,
    })),
    {
      level: 0,
      name: nameOf(count),
      colour: colourOf(0),
      from: 0,
      exact: null,
      wanted: null,
      members: found.below_members,
      revenue: found.below_revenue_yen,
    },
  ];
}

export function Proposal({ found, ladder, measure, window, wanted }: ProposalProps): ReactElement {
  const { t } = useTexts();
  const [locale] = useLocale();
  const steps = useSteps(found, ladder);
  const { amount } = useCriterionWords();
  if (found.cuts.length === 0) return <Empty icon="ladder" title={t("design.none")} />;
  const period = { first: formatMonth(found.first, locale), last: formatMonth(found.last, locale), members: formatCount(found.members), revenue: formatYen(found.revenue_yen) };
  return (
    <div className={styles.proposal}>
      <p>
        {t(window.kind === "lifetime" ? "design.periodAll" : "design.period", period)} <span className={styles.quiet}>{t("design.who")}</span>
      </p>
      {found.cuts.length < wanted && <p className={styles.quiet}>{t("design.merged")}</p>}
      <Steps steps={steps} found={found} measure={measure} />
      <Spread bands={found.bands} steps={steps} measure={measure} amount={amount} />
      <Tenths tenths={found.tenths} members={found.members} revenue={found.revenue_yen} />
    </div>
  );
}

function Steps({ steps, found, measure }: { steps: readonly Step[]; found: ProposedCuts; measure: Measure }): ReactElement {
  const { t } = useTexts();
  const { amount } = useCriterionWords();
  let above = 0;
  return (
    <div className={table.scroll}>
      <table className={`${table.table} ${styles.steps}`} data-stacks>
        <thead>
          <tr>
            <th scope="col">{t("design.tier")}</th>
            <th scope="col">{t("design.cut")}</th>
            <th scope="col" data-figure>
              {t("design.members")}
            </th>
            <th scope="col" data-figure>
              {t("design.revenue")}
            </th>
            <th scope="col" data-figure>
              {t("design.average")}
            </th>
          </tr>
        </thead>
        <tbody>
          {steps.map((step, index) => {
            above += step.members;
            const share = (value: number, all: number): string => formatPercent(all === 0 ? 0 : value / all);
            return (
              <tr key={step.level}>
                <th scope="row">
                  <span className={styles.name}>
                    <RankDot tier={{ code: String(step.level), level: step.level, name: step.name, colour: step.colour }} />
                    {step.name}
                  </span>
                </th>
                <td data-label={t("design.cut")}>
                  <div>
                    <b className="enishi-figure">
                      {step.from > 0
                        ? t("design.from", { value: amount(measure, step.from) })
                        : t("design.below", { value: amount(measure, steps[index - 1]?.from ?? 0) })}
                    </b>
                    {step.exact !== null && <small>{t("design.exact", { value: amount(measure, step.exact) })}</small>}
                  </div>
                </td>
                <td data-figure data-label={t("design.members")}>
                  <div>
                    {formatCount(step.members)} <small>{share(step.members, found.members)}</small>
                    {step.wanted !== null && (
                      <small>{t("design.wanted", { wanted: step.wanted, real: share(above, found.members) })}</small>
                    )}
                  </div>
                </td>
                <td data-figure data-label={t("design.revenue")}>
                  <div>
                    {formatYen(step.revenue)}
                    <small>{share(step.revenue, found.revenue_yen)}</small>
                    <span className={styles.meter} aria-hidden="true">
                      <span
                        style={
                          {
                            "--rank": step.colour,
                            inlineSize: share(step.revenue, found.revenue_yen),
                          } as CSSProperties
                        }
                      />
                    </span>
                  </div>
                </td>
                <td data-figure data-label={t("design.average")}>
                  {step.members === 0 ? "—" : formatYen(Math.round(step.revenue / step.members))}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
