/** One tap ends the lost card and shows the new one: what that means is said before, not asked after. */
import { asProblem } from "@enishi/api/client.ts";
import type { MyCards } from "@enishi/api/types.ts";
import { Icon, type IconName } from "@enishi/ui/icons.tsx";
import type { ReactElement } from "react";
import { useMyCards, useReplaceCard } from "../../queries.ts";
import { Awaited } from "../../shell/awaited.tsx";
import { close } from "../../shell/router.ts";
import { useWords, type Word } from "../../shell/words.ts";
import { groupDigits } from "./number.ts";
import styles from "./replace-sheet.module.css";

const FACTS: readonly (readonly [IconName, Word])[] = [
  ["warning", "replace.atOnce"],
  ["check", "replace.points"],
];

export function ReplaceSheet(): ReactElement {
  return (
    <Awaited query={useMyCards()} failed="problem.card">
      {(mine) => <Offer mine={mine} />}
    </Awaited>
  );
}

function Offer({ mine }: { mine: MyCards }): ReactElement {
  const { t } = useWords();
  const replacing = useReplaceCard();
  const card = mine.cards.find((one) => one.ended_at === null) ?? mine.cards[0];
  if (card === undefined) return <p>{t("card.noNumber")}</p>;
  return (
    <div className={styles.offer}>
      <p>{t("replace.lead", { number: groupDigits(card.number) })}</p>
      <ul>
        {FACTS.map(([icon, fact]) => (
          <li key={fact} data-icon={icon}>
            <Icon name={icon} size={20} />
            {t(fact)}
          </li>
        ))}
      </ul>
      {replacing.isError && (
        <p className={styles.problem} role="alert">
          {t(explain(replacing.error))}
        </p>
      )}
      <button
        type="button"
        className={styles.confirm}
        disabled={replacing.isPending || replacing.isSuccess}
        onClick={() => replacing.mutate(card.card_id, { onSuccess: close })}
      >
        {t(replacing.isPending ? "replace.busy" : "replace.confirm")}
      </button>
    </div>
  );
}

function explain(error: unknown): Word {
  const { code, unreachable } = asProblem(error);
  if (code === "too-many-cards") return "replace.tooMany";
  return unreachable ? "problem.offline" : "problem.server";
}
