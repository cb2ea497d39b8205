/** Why this rank, and how to the next: the conditions, what is there, what is needed, and by when. */
import { RankChip, RankPanel } from "@enishi/ui/rank.tsx";
import type { ReactElement } from "react";
import { Awaited } from "../../shell/awaited.tsx";
import { Bones } from "../../shell/states.tsx";
import { useWords } from "../../shell/words.ts";
import { useMyRank } from "./queries.ts";
import styles from "./rank.module.css";

export default function RankSheet(): ReactElement {
  const { t } = useWords();
  return (
    <Awaited query={useMyRank()} failed="problem.card" bones={<Bones rows={4} />}>
      {(rank) =>
        rank === null ? (
          <p>{t("rank.none")}</p>
        ) : (
          <div className={styles.sheet}>
            <p className={styles.held}>
              <span>{t("ranks.current")}</span>
              <RankChip tier={rank.tier} large />
            </p>
            <RankPanel rank={rank} />
          </div>
        )
      }
    </Awaited>
  );
}
