// What rising to a tier gives: points, coupons, messages and benefits.
import { Button, Checkbox, NativeSelect, Select, TextInput } from "@mantine/core";
import type { ReactElement } from "react";
import { useTexts } from "../../shell/texts.ts";
import { RowButtons, useErrors, useShared, Whole } from "./form-parts.tsx";
import { MAX_REWARDS } from "./ladder-checks.ts";
import styles from "./ladder.module.css";
import { freeCode, moved, newReward, put, type Reward, REWARD_KINDS } from "./ladder.ts";

interface RewardsProps {
  /** The tier, as its field. */
  field: string;
  rewards: Reward[];
  onChange: (rewards: Reward[]) => void;
}

export function Rewards({ field, rewards, onChange }: RewardsProps): ReactElement {
  const { t } = useTexts();
  const error = useErrors()(`${field}.rewards`);
  const list = `${field}.rewards`;
  return (
    <div className={styles.rewards} role="group" aria-label={t("ladder.rewards")}>
      <p className={styles.label}>{t("ladder.rewards")}</p>
      {rewards.map((reward, index) => (
        <div key={index} className={styles.leaf} role="group" aria-label={t("ladder.rewardAt", { n: index + 1 })}>
          <RewardFields field={`${list}[${index}]`} reward={reward} onChange={(changed) => onChange(put(rewards, index, changed))} />
          <div className={styles.leafButtons}>
            <RowButtons
              list={list}
              index={index}
              count={rewards.length}
              name={t("ladder.rewardAt", { n: index + 1 })}
              onMove={(by) => onChange(moved(rewards, index, by))}
              onRemove={() => onChange(rewards.filter((_, at) => at !== index))}
            />
          </div>
        </div>
      ))}
      {error !== undefined && <p className={styles.error}>{error}</p>}
      <Button
        variant="default"
        size="xs"
        className={styles.add}
        disabled={rewards.length >= MAX_REWARDS}
        onClick={() => onChange([...rewards, newReward("points", freeCode("reward", rewards.map(({ code }) => code)))])}
      >
        {t("ladder.addReward")}
      </Button>
    </div>
  );
}

interface RewardProps {
  field: string;
  reward: Reward;
  onChange: (reward: Reward) => void;
}

function RewardFields({ field, reward, onChange }: RewardProps): ReactElement {
  const { t } = useTexts();
  const error = useErrors()(`${field}.code`);
  return (
    <div className={styles.leafFields}>
      <NativeSelect
        label={t("ladder.rewardKind")}
        value={reward.kind}
        data={REWARD_KINDS.map((value) => ({ value, label: t(`ladder.rewardKinds.${value}`) }))}
        onChange={({ currentTarget }) =>
          onChange(newReward(REWARD_KINDS.find((kind) => kind === currentTarget.value) ?? "points", reward.code))
        }
      />
      <RewardContent field={field} reward={reward} onChange={onChange} />
      <TextInput
        label={t("ladder.rewardCode")}
        maxLength={40}
        error={error}
        value={reward.code}
        onChange={({ currentTarget }) => onChange({ ...reward, code: currentTarget.value.toLowerCase() })}
      />
      <Checkbox
        className={styles.check}
        label={t("ladder.eachTime")}
        checked={reward.each_time}
        onChange={({ currentTarget }) => onChange({ ...reward, each_time: currentTarget.checked })}
      />
    </div>
  );
}

function RewardContent({ field, reward, onChange }: RewardProps): ReactElement {
  const { t } = useTexts();
  const errors = useErrors();
  switch (reward.kind) {
    case "points":
      return (
        <>
          <Whole
            label={t("ladder.points")}
            field={`${field}.points`}
            most={1_000_000}
            suffix="pt"
            value={reward.points}
            onChange={(points) => onChange({ ...reward, points })}
          />
          <NativeSelect
            label={t("ladder.pointKind")}
            value={reward.limited ? "limited" : "regular"}
            data={(["regular", "limited"] as const).map((value) => ({ value, label: t(`common:kind.${value}`) }))}
            onChange={({ currentTarget }) => {
              const limited = currentTarget.value === "limited";
              onChange({ ...reward, limited, valid_days: limited ? (reward.valid_days ?? 90) : null });
            }}
          />
          {reward.limited && (
            <Whole
              label={t("ladder.validDays")}
              field={`${field}.valid_days`}
              most={3_660}
              suffix={t("ladder.units.days")}
              value={reward.valid_days ?? 0}
              onChange={(valid_days) => onChange({ ...reward, valid_days })}
            />
          )}
        </>
      );
    case "coupon":
      return (
        <TextInput
          label={t("ladder.coupon")}
          maxLength={100}
          error={errors(`${field}.coupon`)}
          value={reward.coupon}
          onChange={({ currentTarget }) => onChange({ ...reward, coupon: currentTarget.value })}
        />
      );
    case "message":
      return (
        <TextInput
          label={t("ladder.template")}
          maxLength={100}
          error={errors(`${field}.template`)}
          value={reward.template}
          onChange={({ currentTarget }) => onChange({ ...reward, template: currentTarget.value })}
        />
      );
    case "benefit":
      return <BenefitField field={field} benefit={reward.benefit} onChange={(benefit) => onChange({ ...reward, benefit })} />;
  }
}

/** One of the benefits that are published; a name of its own while there are none. */
function BenefitField({ field, benefit, onChange }: { field: string; benefit: string; onChange: (benefit: string) => void }): ReactElement {
  const { t } = useTexts();
  const error = useErrors()(`${field}.benefit`);
  const { benefits } = useShared().choices;
  if (benefits.length === 0) {
    return (
      <TextInput
        label={t("ladder.benefit")}
        maxLength={100}
        error={error}
        value={benefit}
        onChange={({ currentTarget }) => onChange(currentTarget.value)}
      />
    );
  }
  const gone = benefit === "" || benefits.some(({ code }) => code === benefit) ? [] : [{ value: benefit, label: benefit }];
  return (
    <Select
      label={t("ladder.benefit")}
      searchable
      error={error}
      data={[...benefits.map(({ code, name }) => ({ value: code, label: name })), ...gone]}
      value={benefit === "" ? null : benefit}
      onChange={(chosen) => onChange(chosen ?? "")}
    />
  );
}
