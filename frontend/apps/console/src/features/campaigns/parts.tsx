// What the pages of campaigns share: the chip of the state, what is left of the budget, the check of premiums.
import type { CampaignCheck, CampaignFigures } from "@enishi/api/types.ts";
import { formatPoints } from "@enishi/i18n/format.ts";
import { Icon } from "@enishi/ui/icons.tsx";
import type { ReactElement } from "react";
import chipStyles from "../../shell/state-chip.module.css";
import { useTexts } from "../../shell/texts.ts";
import styles from "./campaigns.module.css";
import type { CampaignState } from "./queries.ts";

export function StateChip({ state }: { state: CampaignState }): ReactElement {
  const { t } = useTexts();
  return (
    <span className={chipStyles.chip} data-state={state}>
      {t(`campaigns.states.${state}`)}
    </span>
  );
}

export function Budget({ figures }: { figures: CampaignFigures }): ReactElement {
  const { t } = useTexts();
  const { budget_points: total, budget_left } = figures;
  if (total === null) return <small>{t("campaigns.budgetNone")}</small>;
  const left = budget_left ?? total;
  const used = Math.min(1, Math.max(0, (total - left) / total));
  return (
    <div className={styles.budget}>
      <div
        className={styles.bar}
        role="meter"
        aria-label={t("campaigns.budgetUsed")}
        aria-valuemin={0}
        aria-valuemax={total}
        aria-valuenow={total - left}
        data-low={used > 0.9}
      >
        <span style={{ inlineSize: `${used * 100}%` }} />
      </div>
      <small>{t("campaigns.budgetLeft", { left: formatPoints(left), total: formatPoints(total) })}</small>
    </div>
  );
}

export function Premiums({ premiums }: { premiums: CampaignCheck["premiums"] }): ReactElement {
  const { t } = useTexts();
  return (
    <ul className={styles.premiums}>
      {premiums.map(({ code, is_over, text }, at) => (
        // The check has no names of its own for findings of one kind.
        <li key={`${code}-${String(at)}`} data-over={is_over}>
          <Icon name={is_over ? "warning" : "check"} size={18} />
          <div>
            <strong>{t(is_over ? "campaigns.over" : "campaigns.within")}</strong>
            <p>{text}</p>
          </div>
        </li>
      ))}
    </ul>
  );
}

export function Problems({ problems }: { problems: CampaignCheck["problems"] }): ReactElement {
  return (
    <ul className={styles.problems}>
      {problems.map(({ field, label, detail, remedy }) => (
        <li key={`${field}-${detail}`}>
          <strong>{label}</strong> {detail} {remedy}
        </li>
      ))}
    </ul>
  );
}
