// The form's first sections: when a campaign runs, and for whom.
import type { CampaignChoices, CampaignRules } from "@enishi/api/types.ts";
import { Button, Checkbox, Chip, Group, Input, MultiSelect, NativeSelect, TextInput } from "@mantine/core";
import type { ReactElement } from "react";
import { useTexts } from "../../shell/texts.ts";
import styles from "./editor.module.css";
import { NumberField, Section, WordsField } from "./fields.tsx";
import { fromField, toField } from "./months.ts";
import { type Conditions, forJoining } from "./rules.ts";

const WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
const CUSTOMERS = ["any", "new", "returning"] as const;
const TRIGGERS = ["purchase", "joining"] as const;
const MONTH_DAYS = Array.from({ length: 31 }, (_, day) => String(day + 1));

export interface SectionPart {
  rules: CampaignRules;
  set: (part: Partial<CampaignRules>) => void;
}

export interface ConditionsPart extends SectionPart {
  when: (part: Partial<Conditions>) => void;
  choices: CampaignChoices;
}

export function When({ rules, set, when }: ConditionsPart): ReactElement {
  const { t } = useTexts();
  const { conditions } = rules;
  return (
    <Section title={t("campaignEditor.sections.when")}>
      <TextInput
        type="datetime-local"
        label={t("campaignEditor.startsAt")}
        description={t("campaignEditor.zoneHint")}
        required
        value={toField(rules.starts_at)}
        onChange={({ currentTarget }) => set({ starts_at: fromField(currentTarget.value) })}
      />
      <TextInput
        type="datetime-local"
        label={t("campaignEditor.endsAt")}
        description={t("campaignEditor.zoneHint")}
        required
        value={toField(rules.ends_at)}
        onChange={({ currentTarget }) => set({ ends_at: fromField(currentTarget.value) })}
      />
      {rules.trigger === "purchase" && (
        <>
          <Input.Wrapper
            label={t("campaignEditor.weekdays")}
            description={t("campaignEditor.every")}
            labelElement="div"
            className={styles.wide}
          >
            <Chip.Group
              multiple
              value={conditions.weekdays}
              onChange={(days) => when({ weekdays: WEEKDAYS.filter((day) => days.includes(day)) })}
            >
              <Group gap="xs" mt={6}>
                {WEEKDAYS.map((day) => (
                  <Chip key={day} value={day} size="sm">
                    {t(`campaignEditor.weekday.${day}`)}
                  </Chip>
                ))}
              </Group>
            </Chip.Group>
          </Input.Wrapper>
          <Hours hours={conditions.hours} onHours={(hours) => when({ hours })} />
          <MultiSelect
            label={t("campaignEditor.days")}
            description={t("campaignEditor.every")}
            searchable
            clearable
            data={MONTH_DAYS}
            value={conditions.days_of_month.map(String)}
            onChange={(days) => when({ days_of_month: days.map(Number).sort((one, other) => one - other) })}
          />
          <WordsField
            label={t("campaignEditor.weather")}
            description={t("campaignEditor.weatherHint")}
            words={conditions.weather}
            onWords={(weather) => when({ weather })}
          />
        </>
      )}
    </Section>
  );
}

interface HoursProps {
  hours: Conditions["hours"];
  onHours: (hours: Conditions["hours"]) => void;
}

function Hours({ hours, onHours }: HoursProps): ReactElement {
  const { t } = useTexts();
  const change = (at: number, part: Partial<Conditions["hours"][number]>): void =>
    onHours(hours.map((one, place) => (place === at ? { ...one, ...part } : one)));
  return (
    <Input.Wrapper
      label={t("campaignEditor.hours")}
      description={t("campaignEditor.every")}
      labelElement="div"
      className={styles.wide}
    >
      <div className={styles.lines}>
        {hours.map((one, at) => (
          // Rows have no name but their place.
          <Group key={String(at)} gap="xs" wrap="nowrap">
            <TextInput
              type="time"
              aria-label={t("campaignEditor.hoursFrom", { n: at + 1 })}
              value={one.from_time}
              onChange={({ currentTarget }) => change(at, { from_time: currentTarget.value })}
            />
            –
            <TextInput
              type="time"
              aria-label={t("campaignEditor.hoursTo", { n: at + 1 })}
              value={one.to_time === "24:00" ? "00:00" : one.to_time}
              onChange={({ currentTarget }) =>
                change(at, { to_time: currentTarget.value === "00:00" ? "24:00" : currentTarget.value })
              }
            />
            <Button size="xs" variant="subtle" color="red" onClick={() => onHours(hours.filter((_, place) => place !== at))}>
              {t("campaignEditor.remove")}
            </Button>
          </Group>
        ))}
        <Button
          size="xs"
          variant="default"
          className={styles.add}
          onClick={() => onHours([...hours, { from_time: "17:00", to_time: "20:00" }])}
        >
          {t("campaignEditor.addHours")}
        </Button>
      </div>
    </Input.Wrapper>
  );
}

export function Who({ rules, set, when, choices }: ConditionsPart): ReactElement {
  const { t } = useTexts();
  const joining = rules.trigger === "joining";
  return (
    <Section
      title={t("campaignEditor.sections.who")}
      {...(joining ? { hint: t("campaignEditor.joiningHint") } : {})}
    >
      <NativeSelect
        label={t("campaignEditor.trigger")}
        value={rules.trigger}
        data={TRIGGERS.map((value) => ({ value, label: t(`campaignEditor.triggers.${value}`) }))}
        onChange={({ currentTarget }) =>
          set(currentTarget.value === "joining" ? forJoining(rules) : { trigger: "purchase" })
        }
      />
      {!joining && <Persons conditions={rules.conditions} when={when} choices={choices} />}
    </Section>
  );
}

type PersonsProps = Pick<ConditionsPart, "when" | "choices"> & { conditions: Conditions };

function Persons({ conditions, when, choices }: PersonsProps): ReactElement {
  const { t } = useTexts();
  const { visit } = conditions;
  return (
    <>
      <NativeSelect
        label={t("campaignEditor.customer")}
        value={conditions.customer ?? "any"}
        data={CUSTOMERS.map((value) => ({ value, label: t(`campaignEditor.customers.${value}`) }))}
        onChange={({ currentTarget: { value } }) =>
          when({ customer: value === "new" || value === "returning" ? value : null })
        }
      />
      <MultiSelect
        label={t("campaignEditor.ranks")}
        description={t("campaignEditor.every")}
        searchable
        clearable
        data={optionsOf(choices.ranks, conditions.ranks)}
        value={conditions.ranks}
        onChange={(ranks) => when({ ranks })}
      />
      <WordsField
        label={t("campaignEditor.segments")}
        words={conditions.segments}
        onWords={(segments) => when({ segments })}
      />
      <WordsField
        label={t("campaignEditor.segmentsExcept")}
        words={conditions.segments_except}
        onWords={(segments_except) => when({ segments_except })}
      />
      <NumberField
        label={t("campaignEditor.awayDays")}
        max={3_660}
        value={conditions.away_days}
        onValue={(away_days) => when({ away_days })}
      />
      <NumberField
        label={t("campaignEditor.joinedWithin")}
        min={0}
        max={3_660}
        value={conditions.joined_within_days}
        onValue={(joined_within_days) => when({ joined_within_days })}
      />
      <NumberField
        label={t("campaignEditor.visit")}
        max={10_000}
        value={visit?.number}
        onValue={(number) => when({ visit: number === null ? null : { number, every: visit?.every ?? false } })}
      />
      <WordsField label={t("campaignEditor.codes")} words={conditions.codes} onWords={(codes) => when({ codes })} />
      <Checkbox
        label={t("campaignEditor.visitEvery")}
        disabled={visit === null || visit === undefined}
        checked={visit?.every ?? false}
        onChange={({ currentTarget }) => visit && when({ visit: { ...visit, every: currentTarget.checked } })}
      />
      <Checkbox
        label={t("campaignEditor.birthday")}
        checked={conditions.birthday_month}
        onChange={({ currentTarget }) => when({ birthday_month: currentTarget.checked })}
      />
    </>
  );
}

/** What can be chosen by name, and what was chosen before and is no longer there. */
export function optionsOf(
  choices: readonly { code: string; name: string }[],
  chosen: readonly string[],
): { value: string; label: string }[] {
  const known = choices.map(({ code, name }) => ({ value: code, label: name === code ? name : `${name}（${code}）` }));
  const gone = chosen.filter((code) => !choices.some((one) => one.code === code));
  return [...known, ...gone.map((code) => ({ value: code, label: code }))];
}
