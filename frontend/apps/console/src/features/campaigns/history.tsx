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
  const { t, word } = useTexts();
  const label = (field: string): string => {
    const plain = field.replaceAll(/\[\d+\].*$/g, "");
    return word("campaigns.fields", plain);
  };
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
        {differences.map(({ field, before, after }) => (
          <tr key={field}>
            <th scope="row">{label(field)}</th>
            <td>{before === null ? "—" : <del>{plain(before)}</del>}</td>
            <td>{after === null ? "—" : <ins>{plain(after)}</ins>}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** A value as the log keeps it is JSON; a text is read without its quotation marks. */
function plain(value: string): string {
  return value.startsWith('"') ? String(JSON.parse(value)) : value;
}
