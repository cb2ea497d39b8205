// Fields that the form of a programme repeats: a whole number, and a card of fields.
import { NumberInput } from "@mantine/core";
import type { ReactElement, ReactNode } from "react";
import { Card } from "../../shell/page.tsx";
import styles from "./drafts.module.css";

interface WholeProps {
  label: string;
  value: number | null;
  most: number;
  least?: number;
  onChange: (value: number | null) => void;
  description?: string;
  error?: string | undefined;
}

/** A whole number; empty is null. */
export function Whole({ value, most, least = 0, onChange, error, ...others }: WholeProps): ReactElement {
  return (
    <NumberInput
      {...others}
      min={least}
      max={most}
      clampBehavior="none"
      allowDecimal={false}
      allowNegative={false}
      thousandSeparator=","
      inputMode="numeric"
      error={error}
      value={value ?? ""}
      onChange={(typed) => onChange(typeof typed === "number" ? typed : null)}
    />
  );
}

interface FieldsProps {
  title: string;
  note?: string;
  children: ReactNode;
}

export function Fields({ title, note, children }: FieldsProps): ReactElement {
  return (
    <Card title={title} note={note}>
      <div className={styles.grid}>{children}</div>
    </Card>
  );
}
