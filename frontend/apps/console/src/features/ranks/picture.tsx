// The ladder in force as a picture: its steps from the top, what each asks for and gives, and how many stand on it.
import type { RanksPage, RankTierCount } from "@enishi/api/types.ts";
import { formatCount, formatPercent } from "@enishi/i18n/format.ts";
import { RankChip } from "@enishi/ui/rank.tsx";
import { Link } from "@tanstack/react-router";
import type { CSSProperties, ReactElement } from "react";
import { Card } from "../../shell/page.tsx";
import { useMay } from "../../shell/session.ts";
import { Empty } from "../../shell/states.tsx";
import chipStyles from "../../shell/state-chip.module.css";
import { useTexts } from "../../shell/texts.ts";
import styles from "./ranks.module.css";

export function Picture({ page }: { page: RanksPage }): ReactElement {
  const { t } = useTexts();
  const live = page.versions.find(({ state }) => state === "live");
  if (live === undefined) {
    return (
      <Card>
        <Empty icon="ladder" title={t("ranks.notYet")} hint={t("ranks.notYetHint")} />
      </Card>
    );
  }
  const everybody = page.tiers.reduce((sum, one) => sum + one.members, 0);
  // The sentences of a ladder begin with one for each tier; what follows is about all.
  const policies = live.sentences.slice(page.tiers.length);
  return (
    <>
      <Card title={live.ladder.name}>
        <Shares tiers={page.tiers} everybody={everybody} />
        <ol className={styles.steps} reversed>
          {[...page.tiers].reverse().map((one) => (
            <Step key={one.tier.code} one={one} everybody={everybody} />
          ))}
        </ol>
      </Card>
      <Card title={t("ranks.policies")}>
        <ul className={styles.sentences}>
          {policies.map((sentence) => (
            <li key={sentence}>{sentence}</li>
          ))}
        </ul>
      </Card>
    </>
  );
}

/** All members in one bar, cut by rank. The figures stand beside each rank below. */
function Shares({ tiers, everybody }: { tiers: readonly RankTierCount[]; everybody: number }): ReactElement {
  const { t } = useTexts();
  return (
    <div
      className={styles.shares}
      role="img"
      aria-label={`${t("ranks.shares")}: ${tiers.map((one) => `${one.tier.name} ${shareOf(one.members, everybody)}`).join(", ")}`}
    >
      {tiers.map(({ tier, members }) => (
        <span
          key={tier.code}
          title={`${tier.name} ${shareOf(members, everybody)}`}
          style={{ "--rank": tier.colour, flexGrow: members } as CSSProperties}
          data-empty={members === 0}
        />
      ))}
    </div>
  );
}

function shareOf(members: number, everybody: number): string {
  return formatPercent(everybody === 0 ? 0 : members / everybody);
}

function Step({ one, everybody }: { one: RankTierCount; everybody: number }): ReactElement {
  const { t } = useTexts();
  const may = useMay();
  const { tier, members } = one;
  return (
    <li className={styles.step} style={{ "--rank": tier.colour } as CSSProperties}>
      <div className={styles.stepWhat}>
        <h3>
          <RankChip tier={tier} large />
          {one.permanent && <span className={chipStyles.chip}>{t("ranks.permanent")}</span>}
        </h3>
        <p>{one.asks ?? t("ranks.everybody")}</p>
        {one.gives.length > 0 && (
          <p className={styles.quiet}>
            {t("ranks.gives")}: {one.gives.join(" · ")}
          </p>
        )}
      </div>
      <div className={styles.stepWho}>
        <p className="enishi-figure">
          <b>{t("ranks.members", { n: formatCount(members) })}</b>
          <small>{t("ranks.share", { share: shareOf(members, everybody) })}</small>
        </p>
        <span className={styles.track} aria-hidden="true">
          <span style={{ inlineSize: `${(members / Math.max(1, everybody)) * 100}%` }} />
        </span>
        {tier.level > 0 && may("customers.read") && (
          <Link className={styles.link} to="/ranks/$code" params={{ code: tier.code }}>
            {t("ranks.see", { tier: tier.name })}
          </Link>
        )}
      </div>
    </li>
  );
}
