// What depends on the member's rank: early windows, and slots that are kept.
import { MultiSelect, NativeSelect, TextInput } from "@mantine/core";
import type { ReactElement } from "react";
import { Card } from "../../shell/page.tsx";
import { useTexts } from "../../shell/texts.ts";
import { NumberField, Rows } from "./fields.tsx";
import styles from "./reservations.module.css";
import { Names, type PartProps, resourceChoices } from "./settings-form.tsx";

export function Ranks({ draft, tiers, onChange }: PartProps): ReactElement {
  const { t } = useTexts();
  const choices = [...new Set([...tiers, ...draft.early.map(({ tier }) => tier), ...draft.quotas.map(({ tier }) => tier)])];
  const first = tiers.at(-1) ?? "";
  return (
    <>
      <Card title={t("booking.early")}>
        {tiers.length === 0 && <p className={styles.quiet}>{t("booking.noTiers")}</p>}
        <Rows
          title={t("booking.early")}
          rows={draft.early}
          keyOf={(_, index) => String(index)}
          blank={() => ({ tier: first, days: draft.horizon_days + 30 })}
          canAdd={tiers.length > 0}
          onChange={(early) => onChange({ early })}
        >
          {(row, change) => (
            <>
              <NativeSelect label={t("booking.tier")} value={row.tier} data={choices} onChange={({ currentTarget }) => change({ tier: currentTarget.value })} />
              <NumberField label={t("booking.days")} value={row.days} max={730} onChange={(value) => change({ days: value ?? 0 })} />
            </>
          )}
        </Rows>
      </Card>
      <Card title={t("booking.quotas")}>
        {tiers.length === 0 && <p className={styles.quiet}>{t("booking.noTiers")}</p>}
        <Rows
          title={t("booking.quotas")}
          rows={draft.quotas}
          keyOf={(_, index) => String(index)}
          blank={() => ({
            code: `quota-${draft.quotas.length + 1}`,
            name_ja: "",
            name_en: "",
            tier: first,
            slots: null,
            days_before: 3,
            kind: "staff" as const,
            resources: [],
            weekdays: [],
            opens: 0,
            closes: 1440,
          })}
          canAdd={tiers.length > 0}
          onChange={(quotas) => onChange({ quotas })}
        >
          {(row, change) => (
            <>
              <Names row={row} change={change} />
              <NativeSelect label={t("booking.tier")} value={row.tier} data={choices} onChange={({ currentTarget }) => change({ tier: currentTarget.value })} />
              <NumberField label={t("booking.slots")} value={row.slots} min={1} placeholder={t("booking.slotsHint")} onChange={(slots) => change({ slots })} />
              <NumberField label={t("booking.daysBefore")} value={row.days_before} max={730} onChange={(value) => change({ days_before: value ?? 0 })} />
              <MultiSelect className={styles.wide} label={t("booking.covers")} placeholder={t("booking.coversHint")} value={row.resources} data={resourceChoices(draft)} onChange={(resources) => change({ resources })} />
              <MultiSelect
                label={t("booking.on_weekdays")}
                value={row.weekdays.map(String)}
                data={[...t("booking.weekdays")].map((label, value) => ({ value: String(value), label }))}
                onChange={(weekdays) => change({ weekdays: weekdays.map(Number).sort() })}
              />
              <TimeField label={t("booking.from")} value={row.opens} onChange={(opens) => change({ opens })} />
              <TimeField label={t("booking.until")} value={row.closes} onChange={(closes) => change({ closes })} />
            </>
          )}
        </Rows>
      </Card>
    </>
  );
}

/** A time of the day; the end of the day is 24:00, which a browser's own field for times does not know. */
function TimeField({ label, value, onChange }: { label: string; value: number; onChange: (minute: number) => void }): ReactElement {
  const shown = `${String(Math.floor(value / 60)).padStart(2, "0")}:${String(value % 60).padStart(2, "0")}`;
  return (
    <TextInput
      key={value}
      label={label}
      defaultValue={shown}
      onBlur={({ currentTarget }) => {
        const found = /^(\d{1,2}):(\d{2})$/.exec(currentTarget.value.normalize("NFKC").trim());
        const minute = found === null ? -1 : Number(found[1]) * 60 + Number(found[2]);
        if (minute >= 0 && minute <= 1440) onChange(minute);
        else currentTarget.value = shown;
      }}
    />
  );
}
