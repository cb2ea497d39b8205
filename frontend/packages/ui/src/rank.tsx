// A rank on every face: its chip, the way to the next as a bar, and the conditions with what is there and what is needed.
import type { Rank, RankGoal, RankOverride, RankTier, RankWant } from "@enishi/api/types.ts";
import { formatDate } from "@enishi/i18n/format.ts";
import { useLocale } from "@enishi/i18n/start.ts";
import type { CSSProperties, ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { Icon } from "./icons.tsx";
import styles from "./rank.module.css";

const WHOLE = 100;

/** The colour comes from the ladder, so the name always stands beside it. */
export function RankChip({ tier, large = false }: { tier: RankTier; large?: boolean }): ReactElement {
  return (
    <span className={styles.chip} data-large={large}>
      <RankDot tier={tier} />
      {tier.name}
    </span>
  );
}

/** Says that a rank was given by hand, which rank at least or exactly, and until when. */
export function ManualBadge({ override }: { override: RankOverride }): ReactElement {
  const { t } = useTranslation("common");
  const [locale] = useLocale();
  const said = t(override.exact ? "ranks.manualExactly" : "ranks.manualAtLeast", { tier: override.name });
  const until = override.until === null ? t("ranks.manualOpen") : t("ranks.manualUntil", { date: formatDate(override.until, locale) });
  return (
    <span className={styles.manual} title={said}>
      <b>{t("ranks.manual")}</b>
      <span>{until}</span>
    </span>
  );
}

/** The last day for the nearest alternative: that of an evaluation, or until what is there drops out of its window. */
export function deadlineOf(goal: RankGoal): string | null {
  if (goal.met) return null;
  const [nearest = []] = goal.ways;
  if (!goal.ways.flat().some(({ by }) => by !== null && by === goal.by)) return goal.by;
  return nearest.reduce<string | null>((first, { by }) => (by !== null && (first === null || by < first) ? by : first), null);
}

/** The way to a goal in words: all that is missing by one alternative, and by the nearest in one line. */
export function useGoalWords() {
  const { t } = useTranslation("common");
  const missing = (way: RankWant[]): string =>
    way
      .filter((want) => want.missing > 0)
      .map((want) => want.missing_text)
      .join(t("ranks.join"));
  const headline = (goal: RankGoal, keeps = false): string => {
    const [nearest] = goal.ways;
    if (goal.met || nearest === undefined) return goal.sentence;
    // Something to do, such as linking LINE, is not counted.
    const counts = nearest.some((want) => want.missing > 0 && want.unit !== "fact");
    const values = { way: missing(nearest), tier: goal.name };
    if (keeps) return counts ? t("ranks.reachKeep", values) : t("ranks.doKeep", values);
    return counts ? t("ranks.reach", values) : t("ranks.do", values);
  };
  return { missing, headline };
}

export function RankDot({ tier }: { tier: RankTier }): ReactElement {
  return <i className={styles.dot} style={{ "--rank": tier.colour } as CSSProperties} aria-hidden="true" />;
}

/** How far a way has come: as far as the thing of which the most is missing. */
function shareOf(way: RankWant[]): number {
  return Math.min(1, ...way.map(({ found, needed }) => found / needed));
}

/** From this rank to the next by the nearest way. */
export function RankBar({ rank, goal }: { rank: Rank; goal: RankGoal }): ReactElement {
  const { t } = useTranslation("common");
  const to = rank.ladder.find((tier) => tier.code === goal.tier);
  const share = goal.met ? 1 : Math.max(0, ...goal.ways.map(shareOf));
  // What is not there yet never looks complete.
  const percent = share === 1 ? WHOLE : Math.min(WHOLE - 1, Math.floor(share * WHOLE));
  return (
    <span className={styles.way}>
      <span
        className={styles.track}
        role="progressbar"
        aria-label={t("ranks.progress", { tier: goal.name })}
        aria-valuemin={0}
        aria-valuemax={WHOLE}
        aria-valuenow={percent}
      >
        <span style={{ inlineSize: `${percent}%` }} />
      </span>
      <span className={styles.ends}>
        <RankChip tier={rank.tier} />
        {to !== undefined && <RankChip tier={to} />}
      </span>
    </span>
  );
}

/** Everything about a rank: where it stands on the ladder, what the next needs and what keeps this one. */
export function RankPanel({ rank }: { rank: Rank }): ReactElement {
  const { t } = useTranslation("common");
  const { override } = rank;
  return (
    <div className={styles.panel}>
      <Ladder rank={rank} />
      {override !== null && (
        <p className={styles.given}>
          <ManualBadge override={override} /> {t(override.exact ? "ranks.manualExactly" : "ranks.manualAtLeast", { tier: override.name })}
        </p>
      )}
      {rank.next === null ? (
        <p className={styles.top}>{t("ranks.top")}</p>
      ) : (
        <Goal goal={rank.next} title={t("ranks.next", { tier: rank.next.name })} />
      )}
      {rank.keep !== null && <Goal goal={rank.keep} title={t("ranks.keep", { tier: rank.keep.name })} keeps />}
    </div>
  );
}

function Ladder({ rank }: { rank: Rank }): ReactElement {
  const { t } = useTranslation("common");
  const [locale] = useLocale();
  return (
    <section aria-label={t("ranks.ladder")}>
      <ol className={styles.ladder}>
        {rank.ladder.map((tier) => (
          <li key={tier.code} aria-current={tier.code === rank.tier.code ? "step" : undefined}>
            <RankDot tier={tier} />
            <span>{tier.name}</span>
          </li>
        ))}
      </ol>
      {rank.keep_until !== null && rank.override === null && (
        <p className={styles.quiet}>{t("ranks.held", { date: formatDate(rank.keep_until, locale) })}</p>
      )}
    </section>
  );
}

interface GoalProps {
  goal: RankGoal;
  title: string;
  /** To keep a rank there is one day that counts for everything, and it is named once. */
  keeps?: boolean;
}

function Goal({ goal, title, keeps = false }: GoalProps): ReactElement {
  const { t } = useTranslation("common");
  const [locale] = useLocale();
  return (
    <section className={styles.goal}>
      <header>
        <h3>{title}</h3>
        {keeps && goal.by !== null && <small>{t("ranks.until", { date: formatDate(goal.by, locale) })}</small>}
      </header>
      {goal.ways.length > 1 && <p className={styles.quiet}>{t("ranks.either")}</p>}
      <ul className={styles.ways}>
        {goal.ways.map((way, index) => (
          <li key={`${index}-${way[0]?.label ?? ""}`}>
            {way.length > 1 && <p className={styles.quiet}>{t("ranks.together")}</p>}
            {way.map((want) => (
              <Want key={want.label} want={want} keeps={keeps} />
            ))}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Want({ want, keeps }: { want: RankWant; keeps: boolean }): ReactElement {
  const { t } = useTranslation("common");
  const [locale] = useLocale();
  const done = want.missing === 0;
  const percent = Math.floor(Math.min(1, want.found / want.needed) * WHOLE);
  return (
    <div className={styles.want} data-done={done}>
      <p>
        <span>{want.label}</span>
        {done && (
          <b>
            <Icon name="check" size={16} />
            {t("ranks.done")}
          </b>
        )}
      </p>
      <div className={styles.track} aria-hidden="true">
        <span style={{ inlineSize: `${percent}%` }} />
      </div>
      <small className="enishi-figure">
        {t(keeps ? "ranks.within" : "ranks.found", { found: want.found_text })}
        {!keeps && want.by !== null && want.found > 0 && <i>{t("ranks.drops", { date: formatDate(want.by, locale) })}</i>}
      </small>
    </div>
  );
}
