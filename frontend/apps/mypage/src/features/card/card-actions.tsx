/** Below the card that is held out: into the phone's own wallet, and what to do when the card is lost. */
import { Icon } from "@enishi/ui/icons.tsx";
import type { ReactElement } from "react";
import { useMyCards, useNewNumber } from "../../queries.ts";
import { open } from "../../shell/router.ts";
import { useWords } from "../../shell/words.ts";
import styles from "./card-actions.module.css";

export function CardActions({ number }: { number: string }): ReactElement {
  const { t } = useWords();
  const isNew = useNewNumber() === number;
  const { data } = useMyCards();
  const card = data?.cards.find((one) => one.number === number);
  return (
    <div className={styles.actions}>
      {isNew && (
        <p className={styles.done} role="status">
          <Icon name="check" size={20} />
          {t("replace.done")}
        </p>
      )}
      {card !== undefined && data !== undefined && (
        <>
          {(data.wallet.apple || data.wallet.google) && (
            <div className={styles.wallets}>
              {data.wallet.apple && (
                <a href={`/api/my/cards/${card.card_id}/apple.pkpass`} download="member-card.pkpass">
                  {t("wallet.apple")}
                </a>
              )}
              {data.wallet.google && (
                <a href={`/api/my/cards/${card.card_id}/google-wallet`} target="_blank" rel="noreferrer">
                  {t("wallet.google")}
                </a>
              )}
            </div>
          )}
          {data.wallet.is_test && (
            <p className={styles.test}>
              <Icon name="warning" size={18} />
              {t("wallet.test")}
            </p>
          )}
          <button type="button" className={styles.replace} onClick={() => open({ name: "replace" })}>
            {t("replace.open")}
            <Icon name="chevronRight" size={18} />
          </button>
        </>
      )}
    </div>
  );
}
