// Every change of a customer's rank, newest first: why, by whom, what was found, and what it gave.
import type { RankChange, RankReward } from "@enishi/api/types.ts";
import { formatDate, formatPoints } from "@enishi/i18n/format.ts";
import { useLocale } from "@enishi/i18n/start.ts";
import { Icon } from "@enishi/ui/icons.tsx";
import { RankDot } from "@enishi/ui/rank.tsx";
import { useNavigate } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { useMay } from "../../shell/session.ts";
import { useTexts } from "../../shell/texts.ts";
import { When } from "../../shell/values.tsx";
import styles from "./customer-rank.module.css";

interface HistoryProps {
  changes: readonly RankChange[];
  rewards: readonly RankReward[];
  /** Another panel opens in the place of this one. */
  onLeave: () => void;
}

export function RankHistory({ changes, rewards, onLeave }: HistoryProps): ReactElement {
  return (
    <ol className={styles.history}>
      {changes.map((change) => (
        <Change key={change.seq} change={change} rewards={rewards.filter(({ seq }) => seq === change.seq)} onLeave={onLeave} />
      ))}
    </ol>
  );
}

const BY_RECEIPT = ["purchase", "claim"];

function Change({ change, rewards, onLeave }: { change: RankChange; rewards: RankReward[]; onLeave: () => void }): ReactElement {
  const { t } = useTexts();
  const [locale] = useLocale();
  const may = useMay();
  const open = useOpen(onLeave);
  const rises = change.to_tier !== null && change.to_tier.level > (change.from_tier?.level ?? 0);
  const { subject_id } = change;
  // Tiers that are skipped give theirs too.
  const severalTiers = new Set(rewards.map((one) => one.tier)).size > 1;
  return (
    <li data-rise={rises}>
      <p className={styles.step}>
        <span>
          {change.from_tier !== null && <RankDot tier={change.from_tier} />}
          {change.from_tier?.name ?? change.from_code}
          <Icon name="chevronRight" size={14} />
          {change.to_tier !== null && <RankDot tier={change.to_tier} />}
          {change.to_tier?.name ?? change.to_code}
        </span>
        <When at={change.effective_at} />
      </p>
      <p>
        {change.cause_text}{" "}
        {subject_id !== null && BY_RECEIPT.includes(change.cause) && may("purchases.read") && (
          <button type="button" className={styles.why} onClick={() => open({ receipt: subject_id })}>
            {t("receipt.title")}
          </button>
        )}
      </p>
      {change.reason !== "" && <p>{t("rank.reason", { reason: change.reason })}</p>}
      <p className={styles.quiet}>
        {[
          change.actor === "system" ? null : t("rank.by", { who: change.actor }),
          change.keep_until === null ? null : t("rank.keepUntil", { date: formatDate(change.keep_until, locale) }),
          t("rank.version", { n: change.ladder }),
        ]
          .filter((part) => part !== null)
          .join(" · ")}
      </p>
      {rewards.length > 0 && (
        <ul className={styles.gave} aria-label={t("rank.gave")}>
          {rewards.map((one) => (
            <Reward
              key={`${one.tier} ${one.kind} ${one.name}`}
              reward={one}
              tier={severalTiers ? one.tier_name : null}
              onWhy={(why) => open({ why })}
            />
          ))}
        </ul>
      )}
      {change.ways.length > 0 && <Basis change={change} />}
    </li>
  );
}

/** Panels that any page can open go by the address. */
function useOpen(onLeave: () => void): (panel: { receipt?: string; why?: string }) => void {
  const navigate = useNavigate();
  return (panel) => {
    onLeave();
    void navigate({ to: ".", search: (now) => ({ ...now, ...panel }), resetScroll: false });
  };
}

interface RewardProps {
  reward: RankReward;
  tier: string | null;
  onWhy: (entryId: string) => void;
}

function Reward({ reward, tier, onWhy }: RewardProps): ReactElement {
  const { t } = useTexts();
  const may = useMay();
  const { entry_id, points, name } = reward;
  const said =
    reward.kind === "points"
      ? t("rank.rewardPoints", { points: formatPoints(points ?? 0) })
      : t(`rank.${({ coupon: "rewardCoupon", message: "rewardMessage", benefit: "rewardBenefit" } as const)[reward.kind]}`, { name });
  return (
    <li>
      <Icon name="gift" size={15} />
      <span>
        {tier !== null && <b>{tier}</b>} {said}
      </span>
      <em data-state={reward.state}>{t(`rank.rewardStates.${reward.state}`)}</em>
      {reward.passed_on_at !== null && <When at={reward.passed_on_at} />}
      {entry_id !== null && may("points.read") && (
        <button type="button" className={styles.why} onClick={() => onWhy(entry_id)}>
          {t("rank.why")}
        </button>
      )}
    </li>
  );
}

/** What was found and needed on the day that counted, by each alternative. */
function Basis({ change }: { change: RankChange }): ReactElement {
  const { t } = useTexts();
  const [locale] = useLocale();
  return (
    <details className={styles.basis}>
      <summary>
        {t("rank.why")} <small>{t("rank.looked", { date: formatDate(change.looks_at, locale) })}</small>
      </summary>
      <ul>
        {change.ways.map((way, index) => (
          <li key={`${index}-${way[0]?.label ?? ""}`}>
            {way.map((one) => (
              <p key={one.label} data-fulfilled={one.fulfilled}>
                <Icon name={one.fulfilled ? "check" : "close"} size={14} />
                <span>
                  {one.label}
                  <small className="enishi-figure">
                    {t("rank.found", { found: one.found_text })}
                    {one.begins !== null && ` · ${t("rank.begins", { date: formatDate(one.begins, locale) })}`}
                    {!one.fulfilled && ` · ${t("rank.missed")}`}
                  </small>
                </span>
              </p>
            ))}
          </li>
        ))}
      </ul>
    </details>
  );
}
