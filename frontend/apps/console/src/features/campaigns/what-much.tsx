// The form's middle sections: for what a campaign gives points, and how many.
import { Button, Group, MultiSelect, NativeSelect, NumberInput, TextInput } from "@mantine/core";
import type { ReactElement } from "react";
import { useTexts } from "../../shell/texts.ts";
import styles from "./editor.module.css";
import { NumberField, Section, WordsField } from "./fields.tsx";
import { type Effect, effectOf, NO_GOODS } from "./rules.ts";
import { type ConditionsPart, optionsOf, type SectionPart } from "./when-who.tsx";

const CHANNELS = ["pos", "ec", "app", "line"] as const;
export const PAYMENTS = [
  "cash",
  "credit_card",
  "debit_card",
  "e_money",
  "qr_code",
  "bank_transfer",
  "gift_card",
  "coupon",
  "invoice",
  "other",
] as const;
const EFFECTS = ["multiplier", "added", "per_piece", "steps"] as const;
const MEASURES = ["eligible", "total"] as const;
const ROUNDINGS = ["floor", "half_up", "ceil"] as const;

export function What({ rules, set, when, choices }: ConditionsPart): ReactElement {
  const { t } = useTexts();
  const { conditions, goods } = rules;
  const change = (part: Partial<typeof NO_GOODS>): void => set({ goods: { ...(goods ?? NO_GOODS), ...part } });
  return (
    <Section title={t("campaignEditor.sections.what")}>
      <MultiSelect
        label={t("campaignEditor.stores")}
        description={t("campaignEditor.every")}
        searchable
        clearable
        limit={50}
        data={optionsOf(choices.stores, conditions.stores)}
        value={conditions.stores}
        onChange={(stores) => when({ stores })}
      />
      <MultiSelect
        label={t("campaignEditor.storesExcept")}
        searchable
        clearable
        limit={50}
        data={optionsOf(choices.stores, conditions.stores_except)}
        value={conditions.stores_except}
        onChange={(stores_except) => when({ stores_except })}
      />
      <MultiSelect
        label={t("campaignEditor.channels")}
        description={t("campaignEditor.every")}
        clearable
        data={CHANNELS.map((value) => ({ value, label: t(`common:channel.${value}`) }))}
        value={conditions.channels}
        onChange={(chosen) => when({ channels: CHANNELS.filter((one) => chosen.includes(one)) })}
      />
      <MultiSelect
        label={t("campaignEditor.payments")}
        description={t("campaignEditor.every")}
        clearable
        data={PAYMENTS.map((value) => ({ value, label: t(`common:payment.${value}`) }))}
        value={conditions.payment_methods}
        onChange={(chosen) => when({ payment_methods: PAYMENTS.filter((one) => chosen.includes(one)) })}
      />
      <NumberField
        label={t("campaignEditor.fromYen")}
        min={0}
        value={conditions.from_yen === 0 ? null : conditions.from_yen}
        onValue={(yen) => when({ from_yen: yen ?? 0 })}
      />
      <NativeSelect
        label={t("campaignEditor.measure")}
        value={conditions.measure}
        data={MEASURES.map((value) => ({ value, label: t(`campaignEditor.measures.${value}`) }))}
        onChange={({ currentTarget }) => when({ measure: currentTarget.value === "total" ? "total" : "eligible" })}
      />
      <NativeSelect
        label={t("campaignEditor.goods")}
        value={goods === null || goods === undefined ? "all" : "some"}
        data={(["all", "some"] as const).map((value) => ({ value, label: t(`campaignEditor.goodsKinds.${value}`) }))}
        onChange={({ currentTarget }) => set({ goods: currentTarget.value === "some" ? NO_GOODS : null })}
      />
      {goods !== null && goods !== undefined && (
        <>
          <WordsField label={t("campaignEditor.skus")} words={goods.skus} onWords={(skus) => change({ skus })} />
          <WordsField
            label={t("campaignEditor.prefixes")}
            words={goods.sku_prefixes}
            onWords={(sku_prefixes) => change({ sku_prefixes })}
          />
          <WordsField
            label={t("campaignEditor.categories")}
            words={goods.categories}
            onWords={(categories) => change({ categories })}
          />
        </>
      )}
    </Section>
  );
}

export function HowMuch({ rules, set }: SectionPart): ReactElement {
  const { t } = useTexts();
  const { effect, award } = rules;
  const kinds = rules.trigger === "joining" ? (["added"] as const) : EFFECTS;
  return (
    <Section title={t("campaignEditor.sections.howMuch")}>
      <NativeSelect
        label={t("campaignEditor.effect")}
        value={effect.kind}
        data={kinds.map((value) => ({ value, label: t(`campaignEditor.effects.${value}`) }))}
        onChange={({ currentTarget }) => {
          const kind = EFFECTS.find((one) => one === currentTarget.value) ?? "multiplier";
          set({ effect: effectOf(kind), ...(kind === "per_piece" && { goods: rules.goods ?? NO_GOODS }) });
        }}
      />
      <EffectFields effect={effect} onEffect={(changed) => set({ effect: changed })} />
      <NativeSelect
        label={t("campaignEditor.kind")}
        value={award.kind}
        data={(["regular", "limited"] as const).map((value) => ({ value, label: t(`common:kind.${value}`) }))}
        onChange={({ currentTarget }) =>
          set({
            award:
              currentTarget.value === "limited"
                ? { ...award, kind: "limited", valid_days: 60 }
                : { ...award, kind: "regular", valid_days: null, valid_until: null },
          })
        }
      />
      {award.kind === "limited" && <Expiry rules={rules} set={set} />}
      <NativeSelect
        label={t("campaignEditor.rounding")}
        value={award.rounding}
        data={ROUNDINGS.map((value) => ({ value, label: t(`campaignEditor.roundings.${value}`) }))}
        onChange={({ currentTarget }) =>
          set({ award: { ...award, rounding: ROUNDINGS.find((one) => one === currentTarget.value) ?? "floor" } })
        }
      />
    </Section>
  );
}

function Expiry({ rules, set }: SectionPart): ReactElement {
  const { t } = useTexts();
  const { award } = rules;
  const byDay = award.valid_until !== null && award.valid_until !== undefined;
  return (
    <>
      <NativeSelect
        label={t("campaignEditor.expiry")}
        value={byDay ? "until" : "days"}
        data={(["days", "until"] as const).map((value) => ({ value, label: t(`campaignEditor.expiries.${value}`) }))}
        onChange={({ currentTarget }) =>
          set({
            award:
              currentTarget.value === "until"
                ? { ...award, valid_days: null, valid_until: rules.ends_at.slice(0, 10) || "2027-03-31" }
                : { ...award, valid_days: 60, valid_until: null },
          })
        }
      />
      {byDay ? (
        <TextInput
          type="date"
          label={t("campaignEditor.validUntil")}
          value={award.valid_until ?? ""}
          onChange={({ currentTarget: { value } }) => value !== "" && set({ award: { ...award, valid_until: value } })}
        />
      ) : (
        <NumberField
          label={t("campaignEditor.validDays")}
          min={0}
          max={3_660}
          value={award.valid_days}
          onValue={(valid_days) => set({ award: { ...award, valid_days } })}
        />
      )}
    </>
  );
}

interface EffectFieldsProps {
  effect: Effect;
  onEffect: (effect: Effect) => void;
}

function EffectFields({ effect, onEffect }: EffectFieldsProps): ReactElement {
  const { t } = useTexts();
  if (effect.kind === "multiplier") {
    return (
      <NumberInput
        label={t("campaignEditor.times")}
        description={t("campaignEditor.timesHint")}
        min={1.01}
        max={1_000}
        step={0.5}
        decimalScale={2}
        value={effect.times_percent / 100}
        onChange={(typed) =>
          onEffect({ ...effect, times_percent: typeof typed === "number" ? Math.round(typed * 100) : 0 })
        }
      />
    );
  }
  if (effect.kind === "steps") return <Steps effect={effect} onEffect={onEffect} />;
  return (
    <>
      <NumberField
        label={t("campaignEditor.points")}
        max={1_000_000}
        value={effect.points === 0 ? null : effect.points}
        onValue={(points) => onEffect({ ...effect, points: points ?? 0 })}
      />
      {effect.kind === "per_piece" && (
        <NumberField
          label={t("campaignEditor.mostPieces")}
          max={1_000_000}
          value={effect.most_pieces}
          onValue={(most_pieces) => onEffect({ ...effect, most_pieces })}
        />
      )}
    </>
  );
}

type StepsEffect = Extract<Effect, { kind: "steps" }>;

function Steps({ effect, onEffect }: { effect: StepsEffect; onEffect: (effect: Effect) => void }): ReactElement {
  const { t } = useTexts();
  const { steps } = effect;
  const put = (at: number, part: Partial<StepsEffect["steps"][number]>): void =>
    onEffect({ ...effect, steps: steps.map((one, place) => (place === at ? { ...one, ...part } : one)) });
  const add = (): void => {
    const last = steps.at(-1) ?? { from_yen: 0, points: 0 };
    onEffect({ ...effect, steps: [...steps, { from_yen: last.from_yen + 3_000, points: last.points + 100 }] });
  };
  return (
    <div className={`${styles.wide} ${styles.lines}`}>
      {steps.map((one, at) => (
        // Steps have no name but their place.
        <Group key={String(at)} gap="xs" align="flex-end">
          <NumberField
            label={t("campaignEditor.stepFrom", { n: at + 1 })}
            value={one.from_yen === 0 ? null : one.from_yen}
            onValue={(yen) => put(at, { from_yen: yen ?? 0 })}
          />
          <NumberField
            label={t("campaignEditor.stepPoints", { n: at + 1 })}
            max={1_000_000}
            value={one.points === 0 ? null : one.points}
            onValue={(points) => put(at, { points: points ?? 0 })}
          />
          {steps.length > 1 && (
            <Button
              size="xs"
              variant="subtle"
              color="red"
              onClick={() => onEffect({ ...effect, steps: steps.filter((_, place) => place !== at) })}
            >
              {t("campaignEditor.remove")}
            </Button>
          )}
        </Group>
      ))}
      <Button size="xs" variant="default" className={styles.add} onClick={add}>
        {t("campaignEditor.addStep")}
      </Button>
    </div>
  );
}
