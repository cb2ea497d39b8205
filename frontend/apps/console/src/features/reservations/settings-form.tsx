// Every part of a store's settings, each in a card of its own; nothing is in force before the whole is published.
import { Checkbox, MultiSelect, NativeSelect, TextInput } from "@mantine/core";
import type { ReactElement } from "react";
import { Card } from "../../shell/page.tsx";
import { useTexts } from "../../shell/texts.ts";
import type { Resource, Settings } from "./document.ts";
import { NumberField, Rows, SpansField } from "./fields.tsx";
import { Ranks } from "./rank-fields.tsx";
import styles from "./reservations.module.css";

export interface PartProps {
  draft: Settings;
  tiers: string[];
  onChange: (changed: Partial<Settings>) => void;
}

export function SettingsForm(props: PartProps): ReactElement {
  return (
    <>
      <Resources {...props} />
      <Services {...props} />
      <Hours {...props} />
      <Policy {...props} />
      <Ranks {...props} />
    </>
  );
}

function Names<T extends { code: string; name_ja: string; name_en: string }>({
  row,
  change,
}: {
  row: T;
  change: (changed: { code?: string; name_ja?: string; name_en?: string }) => void;
}): ReactElement {
  const { t } = useTexts();
  return (
    <>
      <TextInput label={t("booking.code")} value={row.code} onChange={({ currentTarget }) => change({ code: currentTarget.value })} />
      <TextInput label={t("booking.nameJa")} value={row.name_ja} onChange={({ currentTarget }) => change({ name_ja: currentTarget.value })} />
      <TextInput label={t("booking.nameEn")} value={row.name_en} onChange={({ currentTarget }) => change({ name_en: currentTarget.value })} />
    </>
  );
}

export { Names };

function Resources({ draft, onChange }: PartProps): ReactElement {
  const { t } = useTexts();
  return (
    <Card title={t("booking.resources")}>
      <Rows<Resource>
        title={t("booking.resources")}
        rows={draft.resources}
        keyOf={(_, index) => String(index)}
        blank={() => ({
          code: `staff-${draft.resources.length + 1}`,
          kind: "staff",
          name_ja: "",
          name_en: "",
          capacity: 1,
          week: null,
          chosen_by_member: true,
          ended: false,
        })}
        onChange={(resources) => onChange({ resources })}
      >
        {(row, change) => (
          <>
            <Names row={row} change={change} />
            <NativeSelect
              label={t("booking.kind")}
              value={row.kind}
              data={(["staff", "chair", "room"] as const).map((value) => ({ value, label: t(`booking.kinds.${value}`) }))}
              onChange={({ currentTarget: { value } }) =>
                change({ kind: value === "chair" || value === "room" ? value : "staff" })
              }
            />
            <NumberField label={t("booking.capacity")} value={row.capacity} min={1} max={200} onChange={(value) => change({ capacity: value ?? 1 })} />
            <div className={styles.checks}>
              <Checkbox label={t("booking.chosen")} checked={row.chosen_by_member} onChange={({ currentTarget }) => change({ chosen_by_member: currentTarget.checked })} />
              <Checkbox label={t("booking.ended")} checked={row.ended} onChange={({ currentTarget }) => change({ ended: currentTarget.checked })} />
              <Checkbox label={t("booking.own")} checked={row.week !== null} onChange={({ currentTarget }) => change({ week: currentTarget.checked ? draft.week : null })} />
            </div>
            {row.week !== null && <WeekFields week={row.week} onChange={(week) => change({ week })} />}
          </>
        )}
      </Rows>
    </Card>
  );
}

function Services({ draft, onChange }: PartProps): ReactElement {
  const { t } = useTexts();
  return (
    <Card title={t("booking.services")}>
      <Rows
        title={t("booking.services")}
        rows={draft.services}
        keyOf={(_, index) => String(index)}
        blank={() => ({
          code: `service-${draft.services.length + 1}`,
          name_ja: "",
          name_en: "",
          minutes: 60,
          buffer_minutes: 0,
          every_minutes: null,
          price_yen: 0,
          resources: draft.resources.slice(0, 1).map(({ code }) => code),
          ended: false,
        })}
        onChange={(services) => onChange({ services })}
      >
        {(row, change) => (
          <>
            <Names row={row} change={change} />
            <NumberField label={t("booking.minutes")} value={row.minutes} min={5} max={1440} onChange={(value) => change({ minutes: value ?? 60 })} />
            <NumberField label={t("booking.buffer")} value={row.buffer_minutes} max={240} onChange={(value) => change({ buffer_minutes: value ?? 0 })} />
            <NumberField label={t("booking.every")} value={row.every_minutes} min={5} placeholder={t("booking.everyHint")} onChange={(value) => change({ every_minutes: value })} />
            <NumberField label={t("booking.price")} value={row.price_yen} max={10_000_000} onChange={(value) => change({ price_yen: value ?? 0 })} />
            <MultiSelect className={styles.wide} label={t("booking.usedBy")} value={row.resources} data={resourceChoices(draft)} onChange={(resources) => change({ resources })} />
            <Checkbox label={t("booking.ended")} checked={row.ended} onChange={({ currentTarget }) => change({ ended: currentTarget.checked })} />
          </>
        )}
      </Rows>
    </Card>
  );
}

export function resourceChoices(draft: Settings): { value: string; label: string }[] {
  const found = new Map(draft.resources.map(({ code, name_ja }) => [code, name_ja === "" ? code : name_ja]));
  return [...found].map(([value, label]) => ({ value, label }));
}

function WeekFields({ week, onChange }: { week: Settings["week"]; onChange: (week: Settings["week"]) => void }): ReactElement {
  const { t } = useTexts();
  return (
    <div className={styles.weekFields}>
      {[...t("booking.weekdays")].map((weekday, index) => (
        <SpansField
          key={index}
          label={weekday}
          spans={week[index] ?? []}
          onChange={(spans) => onChange(week.map((one, place) => (place === index ? spans : one)))}
        />
      ))}
    </div>
  );
}

function Hours({ draft, onChange }: PartProps): ReactElement {
  const { t } = useTexts();
  return (
    <>
      <Card title={t("booking.hours")} note={t("booking.hoursHint")}>
        <WeekFields week={draft.week} onChange={(week) => onChange({ week })} />
      </Card>
      <Card title={t("booking.exceptions")} note={t("booking.hoursHint")}>
        <Rows
          title={t("booking.exceptions")}
          rows={draft.exceptions}
          keyOf={(_, index) => String(index)}
          blank={() => ({ on: "", resource: "", spans: [], note_ja: "", note_en: "" })}
          onChange={(exceptions) => onChange({ exceptions })}
        >
          {(row, change) => (
            <>
              <TextInput label={t("booking.on")} type="date" required value={row.on} onChange={({ currentTarget }) => change({ on: currentTarget.value })} />
              <NativeSelect
                label={t("booking.covers")}
                value={row.resource}
                data={[{ value: "", label: t("booking.whole") }, ...resourceChoices(draft)]}
                onChange={({ currentTarget }) => change({ resource: currentTarget.value })}
              />
              <SpansField label={t("booking.spans")} spans={row.spans} onChange={(spans) => change({ spans })} />
              <TextInput label={t("booking.note")} value={row.note_ja} onChange={({ currentTarget: { value } }) => change({ note_ja: value, note_en: value })} />
            </>
          )}
        </Rows>
      </Card>
    </>
  );
}

const FIGURES = [
  ["horizon_days", "booking.horizon"],
  ["lead_minutes", "booking.lead"],
  ["cancel_until_minutes", "booking.cancelUntil"],
  ["max_open", "booking.maxOpen"],
  ["offer_minutes", "booking.offerMinutes"],
  ["max_waiting", "booking.maxWaiting"],
] as const;

function Policy({ draft, onChange }: PartProps): ReactElement {
  const { t } = useTexts();
  const rule = draft.no_show;
  return (
    <Card title={t("booking.policy")}>
      <div className={styles.fields}>
        <NativeSelect
          label={t("booking.slot")}
          value={String(draft.slot_minutes)}
          data={["5", "10", "15", "20", "30", "60"]}
          onChange={({ currentTarget }) => onChange({ slot_minutes: Number(currentTarget.value) })}
        />
        {FIGURES.map(([name, label]) => (
          <NumberField key={name} label={t(label)} value={draft[name]} onChange={(value) => onChange({ [name]: value ?? 0 })} />
        ))}
      </div>
      <div className={styles.checks}>
        <Checkbox label={t("booking.lateCounts")} checked={draft.late_cancel_counts} onChange={({ currentTarget }) => onChange({ late_cancel_counts: currentTarget.checked })} />
        <Checkbox
          label={t("booking.noShowOn")}
          checked={rule !== null}
          onChange={({ currentTarget }) => onChange({ no_show: currentTarget.checked ? { count: 3, within_days: 90, ban_days: 30 } : null })}
        />
      </div>
      {rule !== null && (
        <div className={styles.fields}>
          <NumberField label={t("booking.noShowCount")} value={rule.count} min={1} max={100} onChange={(value) => onChange({ no_show: { ...rule, count: value ?? 1 } })} />
          <NumberField label={t("booking.noShowWithin")} value={rule.within_days} min={1} max={730} onChange={(value) => onChange({ no_show: { ...rule, within_days: value ?? 1 } })} />
          <NumberField label={t("booking.noShowBan")} value={rule.ban_days} min={1} max={730} onChange={(value) => onChange({ no_show: { ...rule, ban_days: value ?? 1 } })} />
        </div>
      )}
    </Card>
  );
}
