/** Points that can not be used now: those to come, with when and why, and those set aside, with what for. */
import { StandingLists } from "@enishi/ui/standing.tsx";
import type { ReactElement } from "react";
import { useCard } from "../../queries.ts";
import { Awaited } from "../../shell/awaited.tsx";
import { Nothing } from "../../shell/states.tsx";
import { useWords } from "../../shell/words.ts";
import styles from "./waiting-sheet.module.css";

export function WaitingSheet(): ReactElement {
  const { t } = useWords();
  return (
    <Awaited query={useCard()} failed="problem.card">
      {({ standing }) => (
        <div className={styles.waiting}>
          {standing.frozen_since !== null && (
            <p className={styles.frozen} role="status">
              {t("waiting.frozen")}
            </p>
          )}
          {standing.pending.length + standing.holds.length === 0 ? (
            <Nothing icon="points" text="waiting.none" />
          ) : (
            <StandingLists standing={standing} />
          )}
        </div>
      )}
    </Awaited>
  );
}
