// How members rise and fall: when they are looked at, how long a rank is kept, and what happens then.
import { Icon } from "@enishi/ui/icons.tsx";
import { ActionIcon, Button, NativeSelect, Radio } from "@mantine/core";
import type { ReactElement } from "react";
import { useTexts } from "../../shell/texts.ts";
import { useErrors, Whole } from "./form-parts.tsx";
import styles from "./ladder.module.css";
import { type Keep, type Policies, put, type Schedule } from "./ladder.ts";
import { MonthSelect } from "./window-fields.tsx";

interface PolicyProps {
  policies: Policies;
  onChange: (changed: Partial<Policies>) => void;
}

export function PolicyFields({ policies, onChange }: PolicyProps): ReactElement {
  const { t } = useTexts();
  return (
    <>
      <div className={styles.policies}>
        <Choice
          name="upgrade"
          choices={["immediate", "evaluation"] as const}
          value={policies.upgrade}
          onChange={(upgrade) => onChange({ upgrade })}
        />
        <ScheduleFields schedule={policies.schedule} onChange={(schedule) => onChange({ schedule })} />
        <KeepFields keep={policies.keep} onChange={(keep) => onChange({ keep })} />
        <Choice
          name="downgrade"
          choices={["to_qualified", "one_step"] as const}
          value={policies.downgrade}
          onChange={(downgrade) => onChange({ downgrade })}
        />
        <div className={styles.pair}>
          <Whole
            label={t("ladder.grace")}
            description={t("ladder.graceHint")}
            field="policies.grace_days"
            least={0}
            most={366}
            suffix={t("ladder.units.days")}
            value={policies.grace_days}
            onChange={(grace_days) => onChange({ grace_days })}
          />
          <Whole
            label={t("ladder.notice")}
            description={t("ladder.noticeHint")}
            field="policies.notice_days"
            least={0}
            most={180}
            suffix={t("ladder.units.days")}
            value={policies.notice_days}
            onChange={(notice_days) => onChange({ notice_days })}
          />
        </div>
        <Choice
          name="on_return"
          choices={["next_evaluation", "immediate"] as const}
          value={policies.on_return}
          onChange={(on_return) => onChange({ on_return })}
        />
        <Choice
          name="priced_by"
          choices={["rank_before", "rank_after"] as const}
          value={policies.priced_by}
          onChange={(priced_by) => onChange({ priced_by })}
        />
      </div>
    </>
  );
}

interface ChoiceProps<T extends string> {
  name: "upgrade" | "downgrade" | "on_return" | "priced_by";
  choices: readonly T[];
  value: T;
  onChange: (value: T) => void;
}

function Choice<T extends string>({ name, choices, value, onChange }: ChoiceProps<T>): ReactElement {
  const { t, word } = useTexts();
  return (
    <Radio.Group
      label={t(`ladder.policy.${name}`)}
      value={value}
      onChange={(chosen) => onChange(choices.find((one) => one === chosen) ?? value)}
    >
      <div className={styles.radios}>
        {choices.map((one) => (
          <Radio key={one} value={one} label={word(`ladder.policyChoices.${name}`, one)} />
        ))}
      </div>
    </Radio.Group>
  );
}

function ScheduleFields({ schedule, onChange }: { schedule: Schedule; onChange: (schedule: Schedule) => void }): ReactElement {
  const { t } = useTexts();
  return (
    <div className={styles.policy}>
      <NativeSelect
        label={t("ladder.policy.schedule")}
        value={schedule.kind}
        data={(["monthly", "dates"] as const).map((value) => ({ value, label: t(`ladder.schedules.${value}`) }))}
        onChange={({ currentTarget }) =>
          onChange(currentTarget.value === "dates" ? { kind: "dates", dates: ["04-01"] } : { kind: "monthly", day: 1 })
        }
      />
      {schedule.kind === "monthly" ? (
        <Whole
          label={t("ladder.dayOfMonth")}
          field="policies.schedule.day"
          most={28}
          suffix={t("ladder.units.dayOfMonth")}
          value={schedule.day}
          onChange={(day) => onChange({ kind: "monthly", day })}
        />
      ) : (
        <Dates dates={schedule.dates} onChange={(dates) => onChange({ kind: "dates", dates })} />
      )}
    </div>
  );
}

/** Days of the year, kept as `MM-DD`. */
function Dates({ dates, onChange }: { dates: string[]; onChange: (dates: string[]) => void }): ReactElement {
  const { t } = useTexts();
  const errors = useErrors();
  const error = errors("policies.schedule.dates");
  return (
    <div className={styles.dates} role="group" aria-label={t("ladder.schedules.dates")}>
      {dates.map((date, index) => {
        const [month = "04", day = "01"] = date.split("-");
        const problem = errors(`policies.schedule.dates[${index}]`);
        const change = (to: string): void => onChange(put(dates, index, to));
        return (
          <div key={index}>
            <span className={styles.date}>
              <NativeSelect
                aria-label={t("ladder.dateMonth", { n: index + 1 })}
                value={month}
                data={Array.from({ length: 12 }, (_, at) => ({ value: two(at + 1), label: t("ladder.monthOf", { month: at + 1 }) }))}
                onChange={({ currentTarget }) => change(`${currentTarget.value}-${day}`)}
              />
              <NativeSelect
                aria-label={t("ladder.dateDay", { n: index + 1 })}
                value={day}
                data={Array.from({ length: 31 }, (_, at) => ({ value: two(at + 1), label: t("ladder.dayOf", { day: at + 1 }) }))}
                onChange={({ currentTarget }) => change(`${month}-${currentTarget.value}`)}
              />
              <ActionIcon
                variant="subtle"
                color="gray"
                size="lg"
                disabled={dates.length === 1}
                aria-label={t("ladder.remove", { name: t("ladder.dateAt", { n: index + 1 }) })}
                onClick={() => onChange(dates.filter((_, at) => at !== index))}
              >
                <Icon name="close" size={16} />
              </ActionIcon>
            </span>
            {problem !== undefined && <p className={styles.error}>{problem}</p>}
          </div>
        );
      })}
      {error !== undefined && <p className={styles.error}>{error}</p>}
      <Button variant="default" size="xs" className={styles.add} disabled={dates.length >= 24} onClick={() => onChange([...dates, "10-01"])}>
        {t("ladder.addDate")}
      </Button>
    </div>
  );
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}

const KEEPS = ["evaluations", "months", "years"] as const;

function keepOf(kind: string): Keep {
  if (kind === "months") return { kind, months: 12 };
  if (kind === "years") return { kind, years: 1, start_month: 4 };
  return { kind: "evaluations", evaluations: 1 };
}

function KeepFields({ keep, onChange }: { keep: Keep; onChange: (keep: Keep) => void }): ReactElement {
  const { t } = useTexts();
  return (
    <div className={styles.policy}>
      <NativeSelect
        label={t("ladder.policy.keep")}
        value={keep.kind}
        data={KEEPS.map((value) => ({ value, label: t(`ladder.keeps.${value}`) }))}
        onChange={({ currentTarget }) => onChange(keepOf(currentTarget.value))}
      />
      {keep.kind === "evaluations" && (
        <Whole
          label={t("ladder.keepLength")}
          field="policies.keep.evaluations"
          most={60}
          suffix={t("ladder.units.evaluations")}
          value={keep.evaluations}
          onChange={(evaluations) => onChange({ kind: "evaluations", evaluations })}
        />
      )}
      {keep.kind === "months" && (
        <Whole
          label={t("ladder.keepLength")}
          field="policies.keep.months"
          most={120}
          suffix={t("ladder.units.months")}
          value={keep.months}
          onChange={(months) => onChange({ kind: "months", months })}
        />
      )}
      {keep.kind === "years" && (
        <div className={styles.pair}>
          <Whole
            label={t("ladder.keepLength")}
            description={t("ladder.yearsHint")}
            field="policies.keep.years"
            least={0}
            most={10}
            suffix={t("ladder.units.years")}
            value={keep.years}
            onChange={(years) => onChange({ ...keep, years })}
          />
          <MonthSelect value={keep.start_month} onChange={(start_month) => onChange({ ...keep, start_month })} />
        </div>
      )}
    </div>
  );
}
