// The fields of which the settings are made: hours as text, and lists whose rows are added and removed.
import { Icon } from "@enishi/ui/icons.tsx";
import { ActionIcon, Button, NumberInput, TextInput } from "@mantine/core";
import { type ReactElement, type ReactNode, useState } from "react";
import { useTexts } from "../../shell/texts.ts";
import { readSpans, type Span, writeSpans } from "./document.ts";
import styles from "./reservations.module.css";

interface SpansProps {
  label: string;
  hideLabel?: boolean;
  spans: Span[];
  onChange: (spans: Span[]) => void;
}

/** What is typed stays as typed while it can not be read, and changes nothing. */
export function SpansField({ label, hideLabel = false, spans, onChange }: SpansProps): ReactElement {
  const { t } = useTexts();
  const [typed, setTyped] = useState<string | null>(null);
  const unreadable = typed !== null && readSpans(typed) === null;
  return (
    <TextInput
      {...(hideLabel ? { "aria-label": label } : { label })}
      value={typed ?? writeSpans(spans)}
      placeholder={t("booking.closedCell")}
      error={unreadable ? t("booking.hoursHint") : undefined}
      onChange={({ currentTarget: { value } }) => {
        setTyped(value);
        const read = readSpans(value);
        if (read !== null) onChange(read);
      }}
      onBlur={() => {
        if (!unreadable) setTyped(null);
      }}
    />
  );
}

interface NumberProps {
  label: string;
  value: number | null;
  min?: number;
  max?: number;
  placeholder?: string;
  onChange: (value: number | null) => void;
}

export function NumberField({ label, value, min = 0, max = 100_000, placeholder, onChange }: NumberProps): ReactElement {
  return (
    <NumberInput
      label={label}
      value={value ?? ""}
      min={min}
      max={max}
      allowDecimal={false}
      thousandSeparator=","
      {...(placeholder === undefined ? {} : { placeholder })}
      onChange={(next) => onChange(next === "" ? null : Number(next))}
    />
  );
}

interface RowsProps<T> {
  title: string;
  rows: readonly T[];
  keyOf: (row: T, index: number) => string;
  blank: () => T;
  canAdd?: boolean;
  onChange: (rows: T[]) => void;
  children: (row: T, change: (changed: Partial<T>) => void) => ReactNode;
}

export function Rows<T>({ title, rows, keyOf, blank, canAdd = true, onChange, children }: RowsProps<T>): ReactElement {
  const { t } = useTexts();
  return (
    <div className={styles.rows}>
      {rows.map((row, index) => (
        <div key={keyOf(row, index)} role="group" aria-label={`${title} ${index + 1}`} className={styles.row}>
          <div className={styles.fields}>
            {children(row, (changed) => onChange(rows.map((one, place) => (place === index ? { ...one, ...changed } : one))))}
          </div>
          <ActionIcon
            variant="subtle"
            color="gray"
            size="lg"
            aria-label={`${t("booking.remove")} ${title} ${index + 1}`}
            onClick={() => onChange(rows.filter((_, place) => place !== index))}
          >
            <Icon name="close" size={16} />
          </ActionIcon>
        </div>
      ))}
      <div>
        <Button variant="default" size="xs" disabled={!canAdd} onClick={() => onChange([...rows, blank()])}>
          {t("booking.add")}
        </Button>
      </div>
    </div>
  );
}
