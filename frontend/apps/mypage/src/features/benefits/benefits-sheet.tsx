/** The member's benefits: those that hold now, those to come, and what the next rank would bring. */
import type { BenefitShown } from "@enishi/api/types.ts";
import { Icon } from "@enishi/ui/icons.tsx";
import type { ReactElement } from "react";
import { Awaited } from "../../shell/awaited.tsx";
import { Bones } from "../../shell/states.tsx";
import { useWords } from "../../shell/words.ts";
import styles from "./benefits.module.css";
import { useMyBenefits } from "./queries.ts";

export default function BenefitsSheet(): ReactElement {
  const { t } = useWords();
  return (
    <Awaited query={useMyBenefits()} failed="problem.card" bones={<Bones rows={3} />}>
      {({ tier, next_tier, benefits, next_benefits }) => {
        const now = benefits.filter(({ state }) => state === "available");
        const later = benefits.filter(({ state }) => state !== "available");
        return (
          <div className={styles.sheet}>
            {tier !== null && (
              <p className={styles.tier}>
                <span>{t("benefits.rank")}</span>
                <b>{tier.name}</b>
              </p>
            )}
            <section>
              <h3>{t("benefits.now")}</h3>
              {now.length === 0 && <p className={styles.quiet}>{t("benefits.none")}</p>}
              <List benefits={now} />
              {now.some(({ to_give }) => to_give) && <p className={styles.quiet}>{t("benefits.show")}</p>}
            </section>
            {later.length > 0 && (
              <section>
                <h3>{t("benefits.soon")}</h3>
                <List benefits={later} />
              </section>
            )}
            {next_tier !== null && next_benefits.length > 0 && (
              <section className={styles.next}>
                <h3>{t("benefits.next", { tier: next_tier.name })}</h3>
                <List benefits={next_benefits} plain />
              </section>
            )}
          </div>
        );
      }}
    </Awaited>
  );
}

function List({ benefits, plain = false }: { benefits: BenefitShown[]; plain?: boolean }): ReactElement {
  return (
    <ul className={styles.list}>
      {benefits.map((one) => (
        <li key={one.code} data-has={one.state === "available"}>
          <Icon name={one.state === "available" ? "check" : "gift"} size={20} />
          <div>
            <b>{one.name}</b>
            {one.note !== "" && <span>{one.note}</span>}
            {!plain && <small>{one.reason}</small>}
          </div>
        </li>
      ))}
    </ul>
  );
}
