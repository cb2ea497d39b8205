// Stores that have an earning rule of their own.
import type { EarningRule, StoreRef } from "@enishi/api/types.ts";
import { Button, Select } from "@mantine/core";
import type { ReactElement } from "react";
import { Card } from "../../shell/page.tsx";
import { useTexts } from "../../shell/texts.ts";
import styles from "./drafts.module.css";
import type { ProgramPart } from "./program-form.tsx";
import { RuleFields } from "./rule-fields.tsx";

export function StoreRules({ settings, set, error, stores }: ProgramPart & { stores: StoreRef[] }): ReactElement {
  const { t } = useTexts();
  const rules = settings.store_overrides ?? {};
  const nameOf = (code: string): string => stores.find((one) => one.code === code)?.name ?? code;
  const change = (code: string, rule: EarningRule): void => set({ store_overrides: { ...rules, [code]: rule } });
  const remove = (code: string): void =>
    set({ store_overrides: Object.fromEntries(Object.entries(rules).filter(([one]) => one !== code)) });
  return (
    <Card title={t("drafts.form.overrides")} note={t("drafts.form.overridesHint")}>
      <div className={styles.lines}>
        {Object.entries(rules).map(([code, rule]) => (
          <fieldset key={code} className={styles.store}>
            <legend>{nameOf(code)}</legend>
            <RuleFields
              rule={rule}
              onChange={(changed) => change(code, changed)}
              error={(field) => error(`store_overrides['${code}'].${field}`)}
            />
            <Button variant="subtle" color="red" size="xs" mt="xs" onClick={() => remove(code)}>
              {t("drafts.form.removeStore", { store: nameOf(code) })}
            </Button>
          </fieldset>
        ))}
        <Select
          label={t("drafts.form.addStore")}
          searchable
          limit={50}
          data={stores.filter(({ code }) => !(code in rules)).map(({ code, name }) => ({ value: code, label: name }))}
          value={null}
          onChange={(code) => code !== null && change(code, settings.earning)}
        />
      </div>
    </Card>
  );
}
