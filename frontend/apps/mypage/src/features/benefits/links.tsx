/** On the home: the way to the member's benefits and to their own referral code. */
import { Icon } from "@enishi/ui/icons.tsx";
import type { ReactElement } from "react";
import { open } from "../../shell/router.ts";
import { useWords } from "../../shell/words.ts";
import styles from "./benefits.module.css";

export function BenefitLinks(): ReactElement {
  const { t } = useWords();
  return (
    <nav className={styles.links}>
      <button type="button" onClick={() => open({ name: "benefits" })}>
        <Icon name="gift" size={20} />
        {t("benefits.open")}
      </button>
      <button type="button" onClick={() => open({ name: "referral", code: "" })}>
        <Icon name="share" size={20} />
        {t("referral.title")}
      </button>
    </nav>
  );
}
