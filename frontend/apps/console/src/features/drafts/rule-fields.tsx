// The fields of one earning rule: the programme's own, or that of a store.
import type { EarningRule } from "@enishi/api/types.ts";
import { Checkbox, NativeSelect } from "@mantine/core";
import type { ReactElement } from "react";
import { useTexts } from "../../shell/texts.ts";
import { Whole } from "./fields.tsx";
import styles from "./drafts.module.css";

export const BASES = ["tax_excluded", "tax_included"] as const;
export const ROUNDINGS = ["floor", "half_up", "ceil"] as const;
export const SCOPES = ["unit", "line", "receipt"] as const;

interface RuleProps {
  rule: EarningRule;
  onChange: (rule: EarningRule) => void;
  /** What is wrong at a field of the rule. */
  error: (field: string) => string | undefined;
}

export function RuleFields({ rule, onChange, error }: RuleProps): ReactElement {
  const { t } = useTexts();
  const set = (part: Partial<EarningRule>): void => onChange({ ...rule, ...part });
  return (
    <div className={styles.grid}>
      <NativeSelect
        label={t("drafts.form.base")}
        data={BASES.map((value) => ({ value, label: t(`program.baseValues.${value}`) }))}
        value={rule.base}
        onChange={({ currentTarget }) => set({ base: currentTarget.value as EarningRule["base"] })}
      />
      <Whole
        label={t("drafts.form.unit")}
        value={rule.unit_yen}
        most={1_000_000}
        least={1}
        error={error("unit_yen")}
        onChange={(unit_yen) => set({ unit_yen: unit_yen ?? 0 })}
      />
      <Whole
        label={t("drafts.form.perUnit")}
        description={t("drafts.form.perUnitHint")}
        value={rule.points_per_unit}
        most={1_000_000}
        error={error("points_per_unit")}
        onChange={(points) => set({ points_per_unit: points ?? 0 })}
      />
      <NativeSelect
        label={t("drafts.form.rounding")}
        data={ROUNDINGS.map((value) => ({ value, label: t(`program.roundingValues.${value}`) }))}
        value={rule.rounding}
        onChange={({ currentTarget }) => set({ rounding: currentTarget.value as EarningRule["rounding"] })}
      />
      <NativeSelect
        label={t("drafts.form.scope")}
        data={SCOPES.map((value) => ({ value, label: t(`program.scopeValues.${value}`) }))}
        value={rule.scope}
        onChange={({ currentTarget }) => set({ scope: currentTarget.value as EarningRule["scope"] })}
      />
      <div className={styles.wide}>
        <Checkbox
          label={t("drafts.form.pointsPaid")}
          checked={rule.counts_points_paid}
          onChange={({ currentTarget }) => set({ counts_points_paid: currentTarget.checked })}
        />
        <Checkbox
          mt="xs"
          label={t("drafts.form.couponPaid")}
          checked={rule.counts_coupon_paid}
          onChange={({ currentTarget }) => set({ counts_coupon_paid: currentTarget.checked })}
        />
      </div>
    </div>
  );
}
