// Everything that was done with a campaign: who, when, why, and what it changed.
import type { CampaignChange } from "@enishi/api/types.ts";
import { formatDateTime } from "@enishi/i18n/format.ts";
import { useLocale } from "@enishi/i18n/start.ts";
import type { ReactElement } from "react";
import { useTexts } from "../../shell/texts.ts";
import styles from "./campaigns.module.css";

export function History({ log }: { log: CampaignChange[] }): ReactElement {
  const { t } = useTexts();
  const [locale] = useLocale();
  return (
    <ol className={styles.history}>
      {log.map((one) => (
        <li key={one.change} data-action={one.action}>
          <p>
            <strong>{t(`campaigns.deeds.${one.action}`)}</strong> {t("campaigns.version", { n: one.version })}
          </p>
          <p>{one.reason}</p>
          <small>
            {formatDateTime(one.at, locale)} · {one.author}
          </small>
          {one.differences.length > 0 && <Differences differences={one.differences} />}
        </li>
      ))}
    </ol>
  );
}

export function Differences({ differences }: { differences: CampaignChange["differences"] }): ReactElement {
  const { t } = useTexts();
  return (
    <table className={styles.changes}>
      <thead>
        <tr>
          <th scope="col">{t("campaigns.field")}</th>
          <th scope="col">{t("campaigns.before")}</th>
          <th scope="col">{t("campaigns.after")}</th>
        </tr>
      </thead>
      <tbody>
        {differences.map(({ field, label, before_text, after_text }) => (
          <tr key={field}>
            <th scope="row">{label}</th>
            <td>{before_text === null ? "—" : <del>{before_text}</del>}</td>
            <td>{after_text === null ? "—" : <ins>{after_text}</ins>}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
