/** What a member may do with their points besides spending them. */
import { Icon, type IconName } from "@enishi/ui/icons.tsx";
import type { ReactElement } from "react";
import { open } from "../../shell/router.ts";
import { useWords } from "../../shell/words.ts";
import styles from "./errands.module.css";

const ERRANDS: readonly (readonly ["gift" | "family" | "claim", IconName])[] = [
  ["gift", "points"],
  ["family", "customers"],
  ["claim", "receipt"],
];

export function Errands(): ReactElement {
  const { t } = useWords();
  return (
    <nav className={styles.errands}>
      {ERRANDS.map(([name, icon]) => (
        <button key={name} type="button" onClick={() => open({ name })}>
          <Icon name={icon} size={22} />
          {t(`giving.${name}`)}
        </button>
      ))}
    </nav>
  );
}
