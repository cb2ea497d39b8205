// Until when points are valid, and the day after which a kind can not be used at all.
import type { ProgramSettings } from "@enishi/api/types.ts";
import { Checkbox, NativeSelect, TextInput } from "@mantine/core";
import type { ReactElement } from "react";
import { useTexts } from "../../shell/texts.ts";
import styles from "./drafts.module.css";
import { Fields, Whole } from "./fields.tsx";
import type { ProgramPart } from "./program-form.tsx";

type Expiry = ProgramSettings["expiry"];
const TYPES = ["months_to_month_end", "extended_by_activity", "fixed_date"] as const;
const KINDS = ["regular", "limited"] as const;

function expiryOf(type: Expiry["type"], before: Expiry): Expiry {
  const months = before.type === "fixed_date" ? 12 : before.months;
  switch (type) {
    case "months_to_month_end":
      return { type, months };
    case "extended_by_activity":
      return { type, months: Math.max(1, months), to_month_end: false };
    case "fixed_date":
      return { type, on: `${new Date().getFullYear() + 1}-03-31` };
  }
}

export function ExpiryFields({ settings, set, error }: ProgramPart): ReactElement {
  const { t } = useTexts();
  const { expiry } = settings;
  return (
    <Fields title={t("drafts.form.expiry")}>
      <NativeSelect
        label={t("drafts.form.expiryType")}
        data={TYPES.map((value) => ({ value, label: t(`program.expiryTypes.${value}`) }))}
        value={expiry.type}
        onChange={({ currentTarget }) => set({ expiry: expiryOf(currentTarget.value as Expiry["type"], expiry) })}
      />
      {expiry.type === "fixed_date" ? (
        <TextInput
          type="date"
          label={t("drafts.form.on")}
          required
          error={error("expiry.on")}
          value={expiry.on}
          onChange={({ currentTarget }) => set({ expiry: { ...expiry, on: currentTarget.value } })}
        />
      ) : (
        <Whole
          label={t("drafts.form.months")}
          value={expiry.months}
          most={1_200}
          error={error("expiry.months")}
          onChange={(months) => set({ expiry: { ...expiry, months: months ?? 0 } })}
        />
      )}
      {expiry.type === "extended_by_activity" && (
        <Checkbox
          className={styles.wide}
          label={t("drafts.form.toMonthEnd")}
          checked={expiry.to_month_end}
          onChange={({ currentTarget }) => set({ expiry: { ...expiry, to_month_end: currentTarget.checked } })}
        />
      )}
    </Fields>
  );
}

export function LastUseFields({ settings, set }: ProgramPart): ReactElement {
  const { t } = useTexts();
  const days = settings.last_use_on ?? {};
  const change = (kind: string, day: string): void => {
    const others = Object.fromEntries(Object.entries(days).filter(([one]) => one !== kind));
    set({ last_use_on: day === "" ? others : { ...others, [kind]: day } });
  };
  return (
    <Fields title={t("drafts.form.lastUse")} note={t("drafts.form.lastUseHint")}>
      {KINDS.map((kind) => (
        <TextInput
          key={kind}
          type="date"
          label={t(`drafts.form.kinds.${kind}`)}
          value={days[kind] ?? ""}
          onChange={({ currentTarget }) => change(kind, currentTarget.value)}
        />
      ))}
    </Fields>
  );
}
