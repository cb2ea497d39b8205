// Everything that was done with a draft: who, when, why, and what it changed.
import type { DraftLogEntry } from "@enishi/api/types.ts";
import { formatDateTime } from "@enishi/i18n/format.ts";
import { useLocale } from "@enishi/i18n/start.ts";
import type { ReactElement } from "react";
import { useTexts } from "../../shell/texts.ts";
import styles from "./drafts.module.css";

export function History({ log }: { log: DraftLogEntry[] }): ReactElement {
  const { t } = useTexts();
  const [locale] = useLocale();
  return (
    <ol className={styles.history}>
      {log.map((one) => (
        <li key={one.change} data-action={one.action}>
          <p>
            <strong>{t(`drafts.deeds.${one.action}`)}</strong> {t("drafts.revision", { n: one.revision })}
            {one.effects !== null && ` · ${t("drafts.effects", { n: one.effects })}`}
          </p>
          <p>{one.reason}</p>
          <small>
            {formatDateTime(one.at, locale)} · {one.author}
            {one.accepted.length > 0 && ` · ${t("drafts.accepted", { codes: one.accepted.join(", ") })}`}
          </small>
          {one.differences.length > 0 && <Differences rows={one.differences} />}
        </li>
      ))}
    </ol>
  );
}

function Differences({ rows }: { rows: DraftLogEntry["differences"] }): ReactElement {
  return (
    <ul className={styles.differences}>
      {rows.map(({ label, before, after }) => (
        <li key={`${label}-${before ?? ""}-${after ?? ""}`}>
          {label}: {before !== null && <del>{before}</del>} {before !== null && after !== null && "→ "}
          {after !== null && <ins>{after}</ins>}
        </li>
      ))}
    </ul>
  );
}
