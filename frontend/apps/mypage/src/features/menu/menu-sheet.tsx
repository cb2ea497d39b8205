/** Who is signed in, the language, and the way out. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Icon } from "@enishi/ui/icons.tsx";
import type { ReactElement } from "react";
import { signOut, useCard } from "../../queries.ts";
import { plainDate } from "../../shell/dates.ts";
import { LanguageSwitch } from "../../shell/language.tsx";
import { leave } from "../../shell/session.ts";
import { useWords } from "../../shell/words.ts";
import styles from "./menu-sheet.module.css";

export function MenuSheet(): ReactElement {
  const { t } = useWords();
  const client = useQueryClient();
  const { data: card } = useCard();
  const out = useMutation({ mutationFn: signOut, onSuccess: () => leave(client, "signedOut") });
  return (
    <div className={styles.menu}>
      {card !== undefined && (
        <section>
          <h3>{t("menu.signedIn")}</h3>
          <p className={styles.name}>{t("card.holder", { name: card.name })}</p>
          {card.card_number !== null && (
            <p className={styles.quiet}>
              {t("card.number")} <span className="enishi-figure">{card.card_number}</span>
            </p>
          )}
          <p className={styles.quiet}>{t("card.since", { date: plainDate(card.joined_at) })}</p>
          {card.invented && <p className={styles.invented}>{t("demo.invented")}</p>}
        </section>
      )}
      <section>
        <h3>{t("language.label")}</h3>
        <LanguageSwitch />
      </section>
      <button type="button" className={styles.out} aria-busy={out.isPending} onClick={() => out.mutate()}>
        <Icon name="signOut" size={20} />
        {t(out.isPending ? "menu.signingOut" : "signOut")}
      </button>
      {out.isError && (
        <p className={styles.problem} role="alert">
          {t("problem.signOut")}
        </p>
      )}
    </div>
  );
}
