// Every published version, newest first, with what it changed.
import { formatDateTime } from "@enishi/i18n/format.ts";
import { useLocale } from "@enishi/i18n/start.ts";
import type { ReactElement } from "react";
import { useTexts } from "../../shell/texts.ts";
import styles from "./benefits.module.css";

export interface Change {
  field: string;
  before: string | null;
  after: string | null;
}

interface Version {
  version: number;
  effective_at: string;
  author: string;
  reason: string;
  state: "live" | "scheduled" | "past";
  changes: Change[];
}

export function History({ versions }: { versions: readonly Version[] }): ReactElement {
  const { t } = useTexts();
  const [locale] = useLocale();
  return (
    <ol className={styles.history}>
      {versions.map((one) => (
        <li key={one.version} data-state={one.state}>
          <strong>{t("benefits.version", { n: one.version })}</strong>
          <span className={styles.status} data-state={one.state}>
            {t(`benefits.${one.state}`)}
          </span>
          <p>
            {formatDateTime(one.effective_at, locale)} · {one.author}
          </p>
          <p className={styles.reason}>{one.reason}</p>
          {one.version === 1 ? <p>{t("benefits.first")}</p> : <Changes changes={one.changes} />}
        </li>
      ))}
    </ol>
  );
}

export function Changes({ changes }: { changes: readonly Change[] }): ReactElement {
  const { t } = useTexts();
  return (
    <table className={styles.changes}>
      <thead>
        <tr>
          <th scope="col">{t("benefits.field")}</th>
          <th scope="col">{t("benefits.before")}</th>
          <th scope="col">{t("benefits.after")}</th>
        </tr>
      </thead>
      <tbody>
        {changes.map(({ field, before, after }) => (
          <tr key={field}>
            <th scope="row">{field}</th>
            <td>{before === null ? "—" : <del>{before}</del>}</td>
            <td>{after === null ? "—" : <ins>{after}</ins>}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
