// The form's last sections: together with others, limits and budgets, and the law on premiums.
import type { CampaignChoices } from "@enishi/api/types.ts";
import { Button, Checkbox, Group, NativeSelect, Select, TagsInput, TextInput } from "@mantine/core";
import { type ReactElement, useState } from "react";
import { useTexts } from "../../shell/texts.ts";
import styles from "./editor.module.css";
import { NumberField, Section } from "./fields.tsx";
import { optionsOf, type SectionPart } from "./when-who.tsx";

const MODES = ["add", "best_of", "multiply"] as const;
const PERIODS = ["campaign", "day", "week", "month", "year"] as const;
const BENEFITS = ["own_discount", "all_comers", "open_lottery", "joint_lottery"] as const;

export function Stacking({ rules, set, others }: SectionPart & { others: string[] }): ReactElement {
  const { t } = useTexts();
  const { stacking } = rules;
  const change = (part: Partial<typeof stacking>): void => set({ stacking: { ...stacking, ...part } });
  return (
    <Section title={t("campaignEditor.sections.stacking")}>
      <TextInput
        label={t("campaignEditor.group")}
        description={t("campaignEditor.groupHint")}
        maxLength={64}
        value={stacking.group}
        onChange={({ currentTarget }) => change({ group: currentTarget.value })}
      />
      <NativeSelect
        label={t("campaignEditor.mode")}
        value={stacking.mode}
        data={MODES.map((value) => ({ value, label: t(`campaignEditor.modes.${value}`) }))}
        onChange={({ currentTarget }) => change({ mode: MODES.find((one) => one === currentTarget.value) ?? "add" })}
      />
      <NumberField
        label={t("campaignEditor.priority")}
        description={t("campaignEditor.priorityHint")}
        min={0}
        max={1_000}
        value={stacking.priority}
        onValue={(priority) => change({ priority: priority ?? 0 })}
      />
      <TagsInput
        label={t("campaignEditor.notWith")}
        data={others}
        clearable
        value={stacking.not_with}
        onChange={(not_with) => change({ not_with })}
      />
    </Section>
  );
}

export function Ceilings({ rules, set, choices }: SectionPart & { choices: CampaignChoices }): ReactElement {
  const { t } = useTexts();
  const { ceilings } = rules;
  const change = (part: Partial<typeof ceilings>): void => set({ ceilings: { ...ceilings, ...part } });
  return (
    <Section title={t("campaignEditor.sections.ceilings")} hint={t("campaignEditor.noLimit")}>
      <NumberField
        label={t("campaignEditor.budget")}
        value={ceilings.budget_points}
        onValue={(budget_points) => change({ budget_points })}
      />
      {rules.trigger === "purchase" && (
        <>
          <NumberField
            label={t("campaignEditor.receiptPoints")}
            max={1_000_000}
            value={ceilings.receipt_points}
            onValue={(receipt_points) => change({ receipt_points })}
          />
          <NumberField
            label={t("campaignEditor.memberPoints")}
            value={ceilings.member_points}
            onValue={(member_points) => change({ member_points })}
          />
          <NumberField
            label={t("campaignEditor.memberTimes")}
            value={ceilings.member_times}
            onValue={(member_times) => change({ member_times })}
          />
          <NativeSelect
            label={t("campaignEditor.memberPeriod")}
            value={ceilings.member_period}
            data={PERIODS.map((value) => ({ value, label: t(`campaignEditor.periods.${value}`) }))}
            onChange={({ currentTarget }) =>
              change({ member_period: PERIODS.find((one) => one === currentTarget.value) ?? "campaign" })
            }
          />
          <StoreBudgets
            budgets={ceilings.store_budgets ?? {}}
            choices={choices}
            onBudgets={(store_budgets) => change({ store_budgets })}
          />
        </>
      )}
    </Section>
  );
}

interface StoreBudgetsProps {
  budgets: Record<string, number>;
  choices: CampaignChoices;
  onBudgets: (budgets: Record<string, number>) => void;
}

function StoreBudgets({ budgets, choices, onBudgets }: StoreBudgetsProps): ReactElement {
  const { t } = useTexts();
  const [shown, setShown] = useState(0);
  const names = new Map(choices.stores.map(({ code, name }) => [code, name]));
  const without = (code: string): Record<string, number> =>
    Object.fromEntries(Object.entries(budgets).filter(([store]) => store !== code));
  return (
    <div className={`${styles.wide} ${styles.lines}`}>
      <Select
        key={shown}
        label={t("campaignEditor.storeBudgets")}
        placeholder={t("campaignEditor.addStoreBudget")}
        searchable
        limit={50}
        data={optionsOf(
          choices.stores.filter(({ code }) => budgets[code] === undefined),
          [],
        )}
        value={null}
        onChange={(code) => {
          if (code === null) return;
          onBudgets({ ...budgets, [code]: 10_000 });
          setShown(shown + 1);
        }}
      />
      {Object.entries(budgets).map(([code, points]) => (
        <Group key={code} gap="xs" align="flex-end">
          <NumberField
            label={names.get(code) ?? code}
            value={points}
            onValue={(value) => onBudgets({ ...budgets, [code]: value ?? 1 })}
          />
          <Button size="xs" variant="subtle" color="red" onClick={() => onBudgets(without(code))}>
            {t("campaignEditor.remove")}
          </Button>
        </Group>
      ))}
    </div>
  );
}

export function PremiumLaw({ rules, set }: SectionPart): ReactElement {
  const { t } = useTexts();
  const { premium } = rules;
  const change = (part: Partial<typeof premium>): void => set({ premium: { ...premium, ...part } });
  const lottery = premium.benefit === "open_lottery" || premium.benefit === "joint_lottery";
  return (
    <Section title={t("campaignEditor.sections.premium")} hint={t("campaigns.premiumHint")}>
      <NativeSelect
        label={t("campaignEditor.benefit")}
        value={premium.benefit}
        data={BENEFITS.map((value) => ({ value, label: t(`campaignEditor.benefits.${value}`) }))}
        onChange={({ currentTarget }) =>
          change({ benefit: BENEFITS.find((one) => one === currentTarget.value) ?? "own_discount" })
        }
      />
      <NumberField
        label={t("campaignEditor.lowestSale")}
        description={t("campaignEditor.lowestSaleHint")}
        min={0}
        value={premium.lowest_sale_yen}
        onValue={(lowest_sale_yen) => change({ lowest_sale_yen })}
      />
      {premium.benefit === "own_discount" && (
        <Checkbox
          className={styles.wide}
          label={t("campaignEditor.restricted")}
          checked={premium.restricted_use}
          onChange={({ currentTarget }) => change({ restricted_use: currentTarget.checked })}
        />
      )}
      {lottery && (
        <>
          <NumberField
            label={t("campaignEditor.highestPrize")}
            min={0}
            value={premium.highest_prize_yen}
            onValue={(highest_prize_yen) => change({ highest_prize_yen })}
          />
          <NumberField
            label={t("campaignEditor.totalPrizes")}
            min={0}
            value={premium.total_prizes_yen}
            onValue={(total_prizes_yen) => change({ total_prizes_yen })}
          />
          <NumberField
            label={t("campaignEditor.expectedSales")}
            min={0}
            value={premium.expected_sales_yen}
            onValue={(expected_sales_yen) => change({ expected_sales_yen })}
          />
        </>
      )}
    </Section>
  );
}
