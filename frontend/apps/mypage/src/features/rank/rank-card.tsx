/** On the first screen: the rank, and the way to the next as a picture. A touch tells the conditions. */
import type { Rank, RankGoal } from "@enishi/api/types.ts";
import { formatDayInSentence } from "@enishi/i18n/format.ts";
import { Icon } from "@enishi/ui/icons.tsx";
import { deadlineOf, RankBar, RankChip, useGoalWords } from "@enishi/ui/rank.tsx";
import type { ReactElement } from "react";
import { open } from "../../shell/router.ts";
import { Bone } from "../../shell/states.tsx";
import { useWords } from "../../shell/words.ts";
import { useMyRank } from "./queries.ts";
import styles from "./rank.module.css";

/** Without a ladder there is nothing; a rank that could not be loaded leaves the rest of the page as it is. */
export function RankCard(): ReactElement | null {
  const { data, isPending, fetchStatus } = useMyRank();
  if (isPending && fetchStatus === "fetching") return <Bone width="100%" height="8rem" />;
  return data ? <Shown rank={data} /> : null;
}

function Shown({ rank }: { rank: Rank }): ReactElement {
  const { t, locale } = useWords();
  const { headline } = useGoalWords();
  const { tier, next, keep } = rank;
  return (
    <button type="button" className={styles.card} onClick={() => open({ name: "rank" })}>
      <span className={styles.head}>
        <span className={styles.label}>{t("ranks.title")}</span>
        <RankChip tier={tier} large />
        <span className="enishi-visually-hidden">{t("rank.open")}</span>
        <Icon name="chevronRight" size={16} />
      </span>
      {next === null ? <span className={styles.top}>{t("ranks.top")}</span> : <Next rank={rank} next={next} />}
      {keep !== null && (
        <span className={styles.keep} data-met={keep.met}>
          <Icon name={keep.met ? "check" : "clock"} size={16} />
          <span>
            {headline(keep, true)}
            {!keep.met && keep.by !== null && <small>{t("ranks.until", { date: formatDayInSentence(keep.by, locale) })}</small>}
          </span>
        </span>
      )}
    </button>
  );
}

function Next({ rank, next }: { rank: Rank; next: RankGoal }): ReactElement {
  const { t, locale } = useWords();
  const { missing, headline } = useGoalWords();
  const [, second] = next.ways;
  const by = deadlineOf(next);
  return (
    <>
      <span className={styles.sentence}>{headline(next)}</span>
      <RankBar rank={rank} goal={next} />
      {(by !== null || (second !== undefined && !next.met)) && (
        <span className={styles.also}>
          {second !== undefined && !next.met && <span>{t("ranks.or", { way: missing(second) })}</span>}
          {by !== null && <span>{t("ranks.until", { date: formatDayInSentence(by, locale) })}</span>}
        </span>
      )}
    </>
  );
}
