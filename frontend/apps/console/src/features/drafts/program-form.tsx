// Everything of a programme: what earns how much, until when points are valid, what does not count, stores with rules of
// their own, and what comes of returns, holds and gifts. It edits a document and sends nothing.
import type { DraftProblem, ProgramSettings, StoreRef } from "@enishi/api/types.ts";
import { MultiSelect, TagsInput, TextInput } from "@mantine/core";
import type { ReactElement } from "react";
import { Card } from "../../shell/page.tsx";
import { useTexts } from "../../shell/texts.ts";
import styles from "./drafts.module.css";
import { ExpiryFields, LastUseFields } from "./expiry-fields.tsx";
import { Fields } from "./fields.tsx";
import { OtherFields, PendingFields, ReturnFields } from "./other-fields.tsx";
import { useProblemWords } from "./parts.tsx";
import { RuleFields } from "./rule-fields.tsx";
import { StoreRules } from "./store-rules.tsx";

const PAYMENTS = [
  "cash",
  "credit_card",
  "debit_card",
  "e_money",
  "qr_code",
  "bank_transfer",
  "gift_card",
  "invoice",
  "other",
] as const;

export interface ProgramPart {
  settings: ProgramSettings;
  set: (part: Partial<ProgramSettings>) => void;
  /** What is wrong at a field, by its path in the programme. */
  error: (field: string) => string | undefined;
}

interface ProgramFormProps {
  settings: ProgramSettings;
  onChange: (settings: ProgramSettings) => void;
  problems: DraftProblem[];
  stores: StoreRef[];
}

export function ProgramForm({ settings, onChange, problems, stores }: ProgramFormProps): ReactElement {
  const { t } = useTexts();
  const words = useProblemWords();
  const set = (part: Partial<ProgramSettings>): void => onChange({ ...settings, ...part });
  const error = (field: string): string | undefined => {
    const found = problems.filter((one) => one.field === `program.${field}`);
    return found.length === 0 ? undefined : found.map(words).join(" ");
  };
  const part = { settings, set, error };
  return (
    <div className={styles.form}>
      <Fields title={t("drafts.form.basics")}>
        <TextInput
          label={t("drafts.form.name")}
          description={t("drafts.form.nameHint")}
          required
          maxLength={100}
          error={error("name")}
          value={settings.name}
          onChange={({ currentTarget }) => set({ name: currentTarget.value })}
        />
        <TextInput
          label={t("drafts.form.zone")}
          description={t("drafts.form.zoneHint")}
          maxLength={64}
          error={error("zone")}
          value={settings.zone}
          onChange={({ currentTarget }) => set({ zone: currentTarget.value })}
        />
      </Fields>
      <Card title={t("drafts.form.earning")}>
        <RuleFields
          rule={settings.earning}
          onChange={(earning) => set({ earning })}
          error={(field) => error(`earning.${field}`)}
        />
      </Card>
      <ExpiryFields {...part} />
      <Fields title={t("drafts.form.exclusions")}>
        <TagsInput
          label={t("drafts.form.categories")}
          description={t("drafts.form.categoriesHint")}
          acceptValueOnBlur
          clearable
          value={settings.excluded_categories}
          onChange={(excluded_categories) => set({ excluded_categories })}
        />
        <MultiSelect
          label={t("drafts.form.payments")}
          clearable
          data={PAYMENTS.map((value) => ({ value, label: t(`common:payment.${value}`) }))}
          value={settings.excluded_payment_methods}
          onChange={(chosen) => set({ excluded_payment_methods: PAYMENTS.filter((one) => chosen.includes(one)) })}
        />
      </Fields>
      <StoreRules {...part} stores={stores} />
      <PendingFields {...part} />
      <ReturnFields {...part} />
      <OtherFields {...part} />
      <LastUseFields {...part} />
    </div>
  );
}
