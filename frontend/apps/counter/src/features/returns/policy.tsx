// What the programme's policy does to points when goods come back, in its own sentences.
import type { ReactElement } from "react";
import { useTexts } from "../../shell/texts.ts";
import styles from "./policy.module.css";
import { useReturnPolicy } from "./queries.ts";

export function Policy({ purchaseId }: { purchaseId: string | null }): ReactElement | null {
  const { t } = useTexts();
  const { data } = useReturnPolicy(purchaseId);
  if (data === undefined) return null;
  return (
    <section className={styles.policy} aria-label={t("found.policy")}>
      <h3>{t("found.policy")}</h3>
      <ul>
        {data.sentences.map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
    </section>
  );
}
