// Every published version, newest first, with what it changed.
import type { ProgramVersion } from "@enishi/api/types.ts";
import { formatDateTime } from "@enishi/i18n/format.ts";
import { useLocale } from "@enishi/i18n/start.ts";
import type { ReactElement } from "react";
import { useTexts } from "../../shell/texts.ts";
import { Card } from "../../shell/page.tsx";
import styles from "./program.module.css";
import { type Change, changesBetween, type SettingValue } from "./settings.ts";

interface HistoryProps {
  versions: ProgramVersion[];
  current: number | null;
}

export function VersionHistory({ versions, current }: HistoryProps): ReactElement {
  const { t } = useTexts();
  return (
    <Card title={t("program.history")}>
      <ol className={styles.history}>
        {versions.map((version, index) => (
          <Version key={version.version} version={version} before={versions[index + 1] ?? null} current={current} />
        ))}
      </ol>
    </Card>
  );
}

function statusOf(version: ProgramVersion, current: number | null): "live" | "scheduled" | "past" {
  if (version.version === current) return "live";
  return Date.parse(version.effective_at) > Date.now() ? "scheduled" : "past";
}

const STATUS_TEXT = { live: "program.inForce", scheduled: "program.scheduled", past: "program.past" } as const;

interface VersionProps {
  version: ProgramVersion;
  before: ProgramVersion | null;
  current: number | null;
}

function Version({ version, before, current }: VersionProps): ReactElement {
  const { t } = useTexts();
  const [locale] = useLocale();
  const status = statusOf(version, current);
  return (
    <li data-status={status}>
      <p className={styles.versionName}>
        <strong>{t("common:why.versionNumber", { version: version.version })}</strong>
        <span className={styles.status} data-status={status}>
          {t(STATUS_TEXT[status])}
        </span>
      </p>
      <p className={styles.versionMeta}>{t("program.since", { date: formatDateTime(version.effective_at, locale) })}</p>
      <p className={styles.versionMeta}>
        {t("program.publishedAt", { date: formatDateTime(version.published_at, locale) })} · {version.author}
      </p>
      {version.reason !== "" && <p className={styles.reason}>{version.reason}</p>}
      {before === null ? (
        <p className={styles.versionMeta}>{t("program.first")}</p>
      ) : (
        <Changes changes={changesBetween(before.settings, version.settings)} />
      )}
    </li>
  );
}

function Changes({ changes }: { changes: Change[] }): ReactElement {
  const { t, word } = useTexts();
  const text = useValueText();
  if (changes.length === 0) return <p className={styles.versionMeta}>{t("program.noChanges")}</p>;
  return (
    <table className={styles.changes}>
      <caption>{t("program.changes")}</caption>
      <thead className="enishi-visually-hidden">
        <tr>
          <th scope="col">{t("program.setting")}</th>
          <th scope="col">{t("program.before")}</th>
          <th scope="col">{t("program.after")}</th>
        </tr>
      </thead>
      <tbody>
        {changes.map((change) => (
          <tr key={change.name}>
            <th scope="row">{word("program.fields", change.name)}</th>
            <td>
              <del>{text(change.name, change.before)}</del>
            </td>
            <td>
              <ins>{text(change.name, change.after)}</ins>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Where the words of a setting's values are explained. */
const VALUE_GROUPS = {
  "earning.base": "program.baseValues",
  "earning.rounding": "program.roundingValues",
  "earning.scope": "program.scopeValues",
  "expiry.type": "program.expiryTypes",
  excluded_payment_methods: "common:payment",
} as const;

function useValueText(): (name: string, value: SettingValue) => string {
  const { t, word } = useTexts();
  return (name, value) => {
    if (value === null || value === "" || (Array.isArray(value) && value.length === 0)) return t("program.empty");
    if (typeof value === "boolean") return t(value ? "program.yes" : "program.no");
    const list = Array.isArray(value) ? value : [String(value)];
    if (!(name in VALUE_GROUPS)) return list.join(t("common:listSeparator"));
    const group = VALUE_GROUPS[name as keyof typeof VALUE_GROUPS];
    return list.map((one) => word(group, one)).join(t("common:listSeparator"));
  };
}
