// Fields that the form of a campaign repeats: a number that may be missing, words, and a section with its heading.
import { Fieldset, NumberInput, type NumberInputProps, TagsInput } from "@mantine/core";
import type { ReactElement, ReactNode } from "react";
import { useTexts } from "../../shell/texts.ts";
import styles from "./editor.module.css";

interface SectionProps {
  title: string;
  hint?: string;
  children: ReactNode;
}

export function Section({ title, hint, children }: SectionProps): ReactElement {
  return (
    <Fieldset legend={title} className={styles.section}>
      {hint !== undefined && <p className={styles.hint}>{hint}</p>}
      <div className={styles.grid}>{children}</div>
    </Fieldset>
  );
}

interface NumberFieldProps extends Omit<NumberInputProps, "value" | "onChange"> {
  value: number | null | undefined;
  onValue: (value: number | null) => void;
}

/** A whole number; empty is null. */
export function NumberField({ value, onValue, ...others }: NumberFieldProps): ReactElement {
  return (
    <NumberInput
      min={1}
      allowDecimal={false}
      allowNegative={false}
      thousandSeparator=","
      {...others}
      value={value ?? ""}
      onChange={(typed) => onValue(typeof typed === "number" ? typed : null)}
    />
  );
}

interface WordsFieldProps {
  label: string;
  description?: string;
  words: readonly string[];
  onWords: (words: string[]) => void;
}

/** Words that nobody could list beforehand, such as SKUs. */
export function WordsField({ label, description, words, onWords }: WordsFieldProps): ReactElement {
  const { t } = useTexts();
  return (
    <TagsInput
      label={label}
      description={description ?? t("campaignEditor.addByEnter")}
      splitChars={[",", "、", " ", "\n"]}
      acceptValueOnBlur
      clearable
      value={[...words]}
      onChange={onWords}
    />
  );
}
