import type { Customer } from "@enishi/api/types.ts";
import { formatDate, formatIdentifier } from "@enishi/i18n/format.ts";
import { useLocale } from "@enishi/i18n/start.ts";
import { Icon, type IconName } from "@enishi/ui/icons.tsx";
import type { ReactElement } from "react";
import { useTexts } from "../../shell/texts.ts";
import { Card } from "../../shell/page.tsx";
import { useMay } from "../../shell/session.ts";
import styles from "./profile.module.css";
import { useCards } from "./queries.ts";

const ICONS: Record<string, IconName> = {
  card: "card",
  phone: "phone",
  email: "mail",
  line_user_id: "message",
  app_id: "phone",
  shop_customer_id: "cart",
};

export function ProfileCard({ customer }: { customer: Customer }): ReactElement {
  const { t, word } = useTexts();
  const [locale] = useLocale();
  const gender = customer.gender === "" ? "unknown" : customer.gender;
  return (
    <Card title={t("customer.profile")}>
      <dl className={styles.profile}>
        <dt>{t("customer.birth")}</dt>
        <dd className="enishi-figure">
          {customer.birth_date === null ? t("customer.notSet") : formatDate(customer.birth_date, locale)}
        </dd>
        <dt>{t("customer.gender")}</dt>
        <dd>{word("customer.genders", gender)}</dd>
        {customer.note !== "" && (
          <>
            <dt>{t("customer.note")}</dt>
            <dd>{customer.note}</dd>
          </>
        )}
      </dl>
      <IdentifierList customer={customer} />
      <CardStates customerId={customer.customer_id} />
    </Card>
  );
}

function CardStates({ customerId }: { customerId: string }): ReactElement | null {
  const { t, word } = useTexts();
  const [locale] = useLocale();
  const { data } = useCards(customerId);
  if (data === undefined || data.cards.length === 0) return null;
  return (
    <section className={styles.identifiers} aria-label={t("common:cards.title")}>
      <h3>{t("common:cards.title")}</h3>
      <ul>
        {data.cards.map((card) => (
          <li key={card.card_id} data-ended={card.ended_at !== null}>
            <Icon name="card" size={17} />
            <div>
              <span className={styles.value}>{card.number}</span>
              <small>
                {card.ended_at === null
                  ? t("common:cards.living")
                  : t("common:cards.ended", {
                      date: formatDate(card.ended_at, locale),
                      reason: word("common:cards.reason", card.ended_reason ?? ""),
                    })}
              </small>
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}

function IdentifierList({ customer }: { customer: Customer }): ReactElement {
  const { t, word } = useTexts();
  const [locale] = useLocale();
  const may = useMay();
  return (
    <section className={styles.identifiers}>
      <h3>{t("customer.identifiers")}</h3>
      {customer.identifiers.length === 0 && <p>{t("customer.identifiersEmpty")}</p>}
      <ul>
        {customer.identifiers.map((identifier) => (
          <li key={`${identifier.kind}-${identifier.value}`}>
            <Icon name={ICONS[identifier.kind] ?? "card"} size={17} />
            <div>
              <span className={styles.value}>{formatIdentifier(identifier.kind, identifier.value)}</span>
              <small>
                {word("common:identifier", identifier.kind)} ·{" "}
                {t("customer.linkedAt", { date: formatDate(identifier.linked_at, locale) })}
              </small>
            </div>
          </li>
        ))}
      </ul>
      {!may("customers.read_personal") && customer.identifiers.length > 0 && (
        <p>
          <Icon name="eyeOff" size={15} />
          {t("customer.masked")}
        </p>
      )}
    </section>
  );
}
