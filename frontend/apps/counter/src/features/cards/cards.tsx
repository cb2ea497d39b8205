// The customer's cards with their state, and one tap to replace a lost one.
import type { CardShown, NewCard } from "@enishi/api/types.ts";
import { formatDate } from "@enishi/i18n/format.ts";
import { useLocale } from "@enishi/i18n/start.ts";
import { Icon } from "@enishi/ui/icons.tsx";
import { type ReactElement, useState } from "react";
import { useTexts } from "../../shell/texts.ts";
import { NewCardScreen } from "./new-card.tsx";
import { useCards } from "./queries.ts";
import { ReissueDialog } from "./reissue-dialog.tsx";
import styles from "./cards.module.css";

const NO_CARD = "first";

export function Cards({ customerId, online }: { customerId: string; online: boolean }): ReactElement | null {
  const { t } = useTexts();
  const { data } = useCards(customerId, online);
  const [chosen, setChosen] = useState<CardShown | typeof NO_CARD | null>(null);
  const [issued, setIssued] = useState<NewCard | null>(null);
  if (data === undefined) return online ? <div className={styles.awaited} /> : null;
  const [only, ...further] = data.cards;
  const living = data.cards.filter((card) => card.ended_at === null);
  // With one card in use, or none any more, it is clear which card is meant: one large button says it all.
  const meant = living.length === 1 ? living[0] : living.length === 0 ? only : undefined;
  return (
    <>
      <section className={styles.cards} aria-label={t("common:cards.title")}>
        <h2>{t("common:cards.title")}</h2>
        {only === undefined ? (
          <p>{t("cards.none")}</p>
        ) : (
          <ul>
            {[only, ...further].map((card) => (
              <Row key={card.card_id} card={card}>
                {meant === undefined && card.ended_at === null && (
                  <button type="button" disabled={!online} onClick={() => setChosen(card)}>
                    {t("cards.reissue")}
                  </button>
                )}
              </Row>
            ))}
          </ul>
        )}
        {(meant !== undefined || only === undefined) && (
          <button type="button" className={styles.main} disabled={!online} onClick={() => setChosen(meant ?? NO_CARD)}>
            <Icon name="card" size={24} />
            {only === undefined ? t("cards.issue") : t("cards.reissue")}
          </button>
        )}
      </section>
      {chosen !== null && (
        <ReissueDialog
          customerId={customerId}
          card={chosen === NO_CARD ? null : chosen}
          onClose={() => setChosen(null)}
          onIssued={(answer) => {
            setChosen(null);
            setIssued(answer);
          }}
        />
      )}
      {issued !== null && <NewCardScreen number={issued.card.number} onClose={() => setIssued(null)} />}
    </>
  );
}

function Row({ card, children }: { card: CardShown; children: ReactElement | false }): ReactElement {
  const { t, word } = useTexts();
  const [locale] = useLocale();
  return (
    <li data-ended={card.ended_at !== null}>
      <span className="enishi-figure">{card.number}</span>
      <small>
        {card.ended_at === null
          ? t("common:cards.living")
          : t("common:cards.ended", {
              date: formatDate(card.ended_at, locale),
              reason: word("common:cards.reason", card.ended_reason ?? ""),
            })}
      </small>
      {children}
    </li>
  );
}
