/** Signed points that answer "why?" when they are tapped. */
import type { Entry } from "@enishi/api/types.ts";
import { formatSignedPoints } from "@enishi/i18n/format.ts";
import type { ReactElement } from "react";
import { open } from "../../shell/router.ts";
import { useWords } from "../../shell/words.ts";
import styles from "./entry-button.module.css";

export function EntryButton({ entry }: { entry: Entry }): ReactElement {
  const { t } = useWords();
  const points = formatSignedPoints(entry.points);
  return (
    <button
      type="button"
      className={styles.entry}
      data-sign={entry.points < 0 ? "minus" : "plus"}
      onClick={() => open({ name: "why", id: entry.entry_id })}
      aria-label={`${t(`entryType.${entry.type}`)} ${t("why.linkFor", { points })}`}
    >
      <span className={styles.figure}>
        {entry.kind === "limited" && <span className={styles.limited}>{t("kindShort.limited")}</span>}
        <span className="enishi-figure">{points}</span>
      </span>
      <span className={styles.why}>{t("why.link")}</span>
    </button>
  );
}
