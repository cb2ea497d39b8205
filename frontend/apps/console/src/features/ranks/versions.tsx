// Every version of the ladder, newest first: from when on it holds, who published it and why, and what it changed.
import type { LadderChange, LadderVersion } from "@enishi/api/types.ts";
import { formatDateTime } from "@enishi/i18n/format.ts";
import { useLocale } from "@enishi/i18n/start.ts";
import type { ReactElement } from "react";
import table from "../../shell/list.module.css";
import { Card } from "../../shell/page.tsx";
import chipStyles from "../../shell/state-chip.module.css";
import { useTexts } from "../../shell/texts.ts";
import styles from "./ranks.module.css";

export function Versions({ versions }: { versions: readonly LadderVersion[] }): ReactElement {
  const { t } = useTexts();
  const [locale] = useLocale();
  return (
    <ol className={styles.versions} reversed>
      {versions.map((one) => (
        <li key={one.version}>
          <Card
            title={t("ranks.version", { n: one.version })}
            actions={
              <span className={chipStyles.chip} data-state={one.state}>
                {t(`ranks.states.${one.state}`)}
              </span>
            }
          >
            <p className={styles.quiet}>
              {t("ranks.effective", { date: formatDateTime(one.effective_at, locale) })} ·{" "}
              {t("ranks.published", { date: formatDateTime(one.published_at, locale) })} ·{" "}
              {t("ranks.by", { who: one.author === "system" ? t("ranks.system") : one.author })}
            </p>
            <p className={styles.because}>{t("ranks.because", { reason: one.reason })}</p>
            {one.version === 1 ? (
              <p className={styles.quiet}>{t("ranks.first")}</p>
            ) : (
              <details className={styles.more} open={one.state === "scheduled"}>
                <summary>{t("ranks.changes", { n: one.changes.length })}</summary>
                <Changes changes={one.changes} />
              </details>
            )}
            <details className={styles.more}>
              <summary>{t("ranks.sentences")}</summary>
              <ul className={styles.sentences}>
                {one.sentences.map((sentence) => (
                  <li key={sentence}>{sentence}</li>
                ))}
              </ul>
            </details>
          </Card>
        </li>
      ))}
    </ol>
  );
}

export function Changes({ changes }: { changes: readonly LadderChange[] }): ReactElement {
  const { t } = useTexts();
  if (changes.length === 0) return <p className={styles.quiet}>{t("ranks.noChanges")}</p>;
  return (
    <div className={table.scroll}>
      <table className={styles.changes}>
        <thead>
          <tr>
            <th scope="col">{t("ranks.field")}</th>
            <th scope="col">{t("ranks.before")}</th>
            <th scope="col">{t("ranks.after")}</th>
          </tr>
        </thead>
        <tbody>
          {changes.map(({ field, label, before, after }) => (
            <tr key={field}>
              <th scope="row">{label}</th>
              <td>{before === null ? t("ranks.nothing") : <del>{before}</del>}</td>
              <td>{after === null ? t("ranks.nothing") : <ins>{after}</ins>}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
