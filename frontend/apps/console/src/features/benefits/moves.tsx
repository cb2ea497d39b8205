// For how many members of each rank a benefit begins or ends when what is worked on is published.
import type { BenefitsPreview } from "@enishi/api/types.ts";
import { formatCount } from "@enishi/i18n/format.ts";
import type { ReactElement } from "react";
import { useTexts } from "../../shell/texts.ts";
import styles from "./benefits.module.css";

export function Moves({ preview }: { preview: BenefitsPreview }): ReactElement | null {
  const { t } = useTexts();
  if (preview.moves.length === 0) return null;
  const membersOf = (codes: string[]): string =>
    preview.tiers
      .filter(({ code }) => codes.includes(code))
      .map(({ name, members }) => t("benefits.tierPeople", { tier: name, n: formatCount(members) }))
      .join(t("common:listSeparator"));
  return (
    <section className={styles.moves}>
      <h3>{t("benefits.moves")}</h3>
      <ul>
        {preview.moves.map(({ code, name, gains, loses }) => (
          <li key={code}>
            <b>{name}</b>
            {gains.length > 0 && <span data-way="gains">{t("benefits.gains", { who: membersOf(gains) })}</span>}
            {loses.length > 0 && <span data-way="loses">{t("benefits.loses", { who: membersOf(loses) })}</span>}
          </li>
        ))}
      </ul>
    </section>
  );
}
