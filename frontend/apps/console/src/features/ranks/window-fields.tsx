// The time in which a condition counts.
import { NativeSelect } from "@mantine/core";
import type { ReactElement } from "react";
import { useTexts } from "../../shell/texts.ts";
import { Whole } from "./form-parts.tsx";
import { PERIODS, type Window } from "./ladder.ts";

const KINDS = ["months", "days", "month", "quarter", "half", "year", "join_year", "lifetime"] as const;
type Kind = (typeof KINDS)[number];
const MONTHS = Array.from({ length: 12 }, (_, index) => index + 1);

/** A window of another kind; a length or a first month that was chosen before stays. */
function windowOf(kind: Kind, before: Window): Window {
  const start_month = before.kind === "calendar" ? before.start_month : 1;
  switch (kind) {
    case "months":
      return { kind, months: before.kind === "months" ? before.months : 12 };
    case "days":
      return { kind, days: before.kind === "days" ? before.days : 365 };
    case "join_year":
    case "lifetime":
      return { kind };
    default:
      return { kind: "calendar", period: kind, start_month: kind === "month" ? 1 : start_month };
  }
}

interface WindowProps {
  field: string;
  window: Window;
  onChange: (window: Window) => void;
}

export function WindowFields({ field, window, onChange }: WindowProps): ReactElement {
  const { t } = useTexts();
  return (
    <>
      <NativeSelect
        label={t("ladder.window")}
        value={window.kind === "calendar" ? window.period : window.kind}
        data={KINDS.map((value) => ({ value, label: t(`ladder.windows.${value}`) }))}
        onChange={({ currentTarget }) => onChange(windowOf(KINDS.find((kind) => kind === currentTarget.value) ?? "months", window))}
      />
      {window.kind === "months" && (
        <Whole
          label={t("ladder.length")}
          field={`${field}.months`}
          most={120}
          suffix={t("ladder.units.months")}
          value={window.months}
          onChange={(months) => onChange({ kind: "months", months })}
        />
      )}
      {window.kind === "days" && (
        <Whole
          label={t("ladder.length")}
          field={`${field}.days`}
          most={3_660}
          suffix={t("ladder.units.days")}
          value={window.days}
          onChange={(days) => onChange({ kind: "days", days })}
        />
      )}
      {window.kind === "calendar" && window.period !== PERIODS[0] && (
        <MonthSelect value={window.start_month} onChange={(start_month) => onChange({ ...window, start_month })} />
      )}
    </>
  );
}

export function MonthSelect({ value, onChange }: { value: number; onChange: (month: number) => void }): ReactElement {
  const { t } = useTexts();
  return (
    <NativeSelect
      label={t("ladder.startMonth")}
      value={String(value)}
      data={MONTHS.map((month) => ({ value: String(month), label: t("ladder.monthOf", { month }) }))}
      onChange={({ currentTarget }) => onChange(Number(currentTarget.value))}
    />
  );
}
