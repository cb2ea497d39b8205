// When points of a channel can be used, what returns do, and the rest of a programme.
import type { ProgramSettings } from "@enishi/api/types.ts";
import { Checkbox, NativeSelect } from "@mantine/core";
import type { ReactElement } from "react";
import { useTexts } from "../../shell/texts.ts";
import styles from "./drafts.module.css";
import { Fields, Whole } from "./fields.tsx";
import type { ProgramPart } from "./program-form.tsx";

type Returns = ProgramSettings["returns"];
type Pending = NonNullable<ProgramSettings["pending"]>[string];
const CHANNELS = ["pos", "ec", "app", "line"] as const;
const PENDING = ["none", "after_days", "on_event"] as const;
const EVENTS = ["shipped", "delivered"] as const;
const SHORTFALLS = ["negative", "absorb", "refuse"] as const;
const USED = ["refund", "reallocate"] as const;
const COUPONS = ["spent", "revive"] as const;
const MINUTE = 60;

function pendingOf(kind: (typeof PENDING)[number]): Pending | null {
  if (kind === "after_days") return { type: "after_days", days: 14 };
  return kind === "on_event" ? { type: "on_event", event: "shipped", days: 0 } : null;
}

export function PendingFields({ settings, set, error }: ProgramPart): ReactElement {
  const { t } = useTexts();
  const pending = settings.pending ?? {};
  const change = (channel: string, rule: Pending | null): void => {
    const others = Object.fromEntries(Object.entries(pending).filter(([one]) => one !== channel));
    set({ pending: rule === null ? others : { ...others, [channel]: rule } });
  };
  return (
    <Fields title={t("drafts.form.pending")} note={t("drafts.form.pendingHint")}>
      {CHANNELS.map((channel) => {
        const rule = pending[channel];
        return (
          <div key={channel} className={styles.channel}>
            <NativeSelect
              label={t(`drafts.form.channels.${channel}`)}
              data={PENDING.map((value) => ({ value, label: t(`drafts.form.pendingKinds.${value}`) }))}
              value={rule?.type ?? "none"}
              onChange={({ currentTarget }) =>
                change(channel, pendingOf(currentTarget.value as (typeof PENDING)[number]))
              }
            />
            {rule?.type === "on_event" && (
              <NativeSelect
                label={t("drafts.form.pendingEvent")}
                data={EVENTS.map((value) => ({ value, label: t(`drafts.form.events.${value}`) }))}
                value={rule.event}
                onChange={({ currentTarget }) =>
                  change(channel, { ...rule, event: currentTarget.value as (typeof EVENTS)[number] })
                }
              />
            )}
            {rule !== undefined && (
              <Whole
                label={t("drafts.form.pendingDays")}
                value={rule.days}
                most={366}
                error={error(`pending.${channel}.days`)}
                onChange={(days) => change(channel, { ...rule, days: days ?? 0 })}
              />
            )}
          </div>
        );
      })}
    </Fields>
  );
}

export function ReturnFields({ settings, set }: ProgramPart): ReactElement {
  const { t } = useTexts();
  const { returns } = settings;
  const change = (part: Partial<Returns>): void => set({ returns: { ...returns, ...part } });
  return (
    <Fields title={t("drafts.form.returns")}>
      <NativeSelect
        label={t("drafts.form.shortfall")}
        data={SHORTFALLS.map((value) => ({ value, label: t(`drafts.form.shortfalls.${value}`) }))}
        value={returns.shortfall}
        onChange={({ currentTarget }) => change({ shortfall: currentTarget.value as Returns["shortfall"] })}
      />
      <NativeSelect
        label={t("drafts.form.usedPoints")}
        data={USED.map((value) => ({ value, label: t(`drafts.form.usedPointsKinds.${value}`) }))}
        value={returns.used_points}
        onChange={({ currentTarget }) => change({ used_points: currentTarget.value as Returns["used_points"] })}
      />
      <NativeSelect
        label={t("drafts.form.coupon")}
        data={COUPONS.map((value) => ({ value, label: t(`drafts.form.coupons.${value}`) }))}
        value={returns.coupon}
        onChange={({ currentTarget }) => change({ coupon: currentTarget.value as Returns["coupon"] })}
      />
      <Whole
        label={t("drafts.form.reissue")}
        description={t("drafts.form.reissueHint")}
        value={returns.reissue_days ?? null}
        least={1}
        most={3_650}
        onChange={(reissue_days) => change({ reissue_days })}
      />
    </Fields>
  );
}

export function OtherFields({ settings, set }: ProgramPart): ReactElement {
  const { t } = useTexts();
  const { holds, transfers } = settings;
  const gift = (part: Partial<ProgramSettings["transfers"]>): void => set({ transfers: { ...transfers, ...part } });
  const hold = (part: Partial<ProgramSettings["holds"]>): void => set({ holds: { ...holds, ...part } });
  return (
    <Fields title={t("drafts.form.others")}>
      <Whole
        label={t("drafts.form.claimDays")}
        value={settings.claim_days}
        most={3_650}
        onChange={(days) => set({ claim_days: days ?? 0 })}
      />
      <Whole
        label={t("drafts.form.offlineCap")}
        value={settings.offline_spend_cap}
        most={10_000_000}
        onChange={(points) => set({ offline_spend_cap: points ?? 0 })}
      />
      <Whole
        label={t("drafts.form.holdDefault")}
        value={holds.default_seconds / MINUTE}
        least={1}
        most={43_200}
        onChange={(minutes) => hold({ default_seconds: (minutes ?? 0) * MINUTE })}
      />
      <Whole
        label={t("drafts.form.holdLongest")}
        value={holds.longest_seconds / MINUTE}
        least={1}
        most={43_200}
        onChange={(minutes) => hold({ longest_seconds: (minutes ?? 0) * MINUTE })}
      />
      <Checkbox
        className={styles.wide}
        label={t("drafts.form.gifts")}
        checked={transfers.gifts}
        onChange={({ currentTarget }) => gift({ gifts: currentTarget.checked })}
      />
      {transfers.gifts && (
        <>
          <Whole label={t("drafts.form.fee")} value={transfers.fee} most={1_000_000} onChange={(fee) => gift({ fee: fee ?? 0 })} />
          <Whole
            label={t("drafts.form.each")}
            value={transfers.each}
            least={1}
            most={10_000_000}
            onChange={(each) => gift({ each: each ?? 0 })}
          />
          <Whole
            label={t("drafts.form.aDay")}
            value={transfers.a_day}
            least={1}
            most={100_000_000}
            onChange={(a_day) => gift({ a_day: a_day ?? 0 })}
          />
        </>
      )}
    </Fields>
  );
}
