// Points apart from those that can be spent: what is to come and when and why, and what is set aside and until when.
import type { HeldPoints, PendingPoints, Standing } from "@enishi/api/types.ts";
import { formatDate, formatDateTime, formatPoints, formatYen } from "@enishi/i18n/format.ts";
import { useLocale } from "@enishi/i18n/start.ts";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { Icon } from "./icons.tsx";
import styles from "./standing.module.css";

export function StandingLists({ standing }: { standing: Standing }): ReactElement {
  const { t } = useTranslation("common");
  return (
    <div className={styles.standing}>
      {standing.pending.length > 0 && (
        <section aria-label={t("standing.pending")}>
          <h3>
            {t("standing.pending")}
            <b className="enishi-figure">{formatPoints(standing.pending_points)}</b>
          </h3>
          <p className={styles.lead}>{t("standing.pendingLead")}</p>
          <ul>
            {standing.pending.map((one, index) => (
              <Pending key={`${index}-${one.purchase?.purchase_id ?? ""}`} one={one} />
            ))}
          </ul>
        </section>
      )}
      {standing.holds.length > 0 && (
        <section aria-label={t("standing.held")}>
          <h3>
            {t("standing.held")}
            <b className="enishi-figure">{formatPoints(standing.held_points)}</b>
          </h3>
          <p className={styles.lead}>{t("standing.heldLead")}</p>
          <ul>
            {standing.holds.map((one) => (
              <Held key={one.hold_id} one={one} />
            ))}
          </ul>
        </section>
      )}
    </div>
  );
}

function Pending({ one }: { one: PendingPoints }): ReactElement {
  const { t } = useTranslation("common");
  const [locale] = useLocale();
  const { purchase } = one;
  return (
    <li>
      <Icon name="clock" size={20} />
      <div>
        <p>{one.when}</p>
        <small>
          {purchase === null
            ? t("standing.otherStore")
            : t("standing.receipt", {
                date: formatDate(purchase.occurred_at, locale),
                store: purchase.store.name,
                amount: formatYen(purchase.total_yen),
              })}
        </small>
        {one.why !== null && (
          <details>
            <summary>{t("standing.why", { points: formatPoints(one.points) })}</summary>
            <p>{one.why}</p>
            <dl>
              {one.steps.map((step, index) => (
                <div key={`${index}-${step.label}`}>
                  <dt>{step.label}</dt>
                  <dd className="enishi-figure">{step.value}</dd>
                </div>
              ))}
            </dl>
          </details>
        )}
      </div>
      <b className="enishi-figure" data-kind={one.kind}>
        {one.kind === "limited" && <small>{t("kindShort.limited")}</small>}
        {formatPoints(one.points)}
      </b>
    </li>
  );
}

function Held({ one }: { one: HeldPoints }): ReactElement {
  const { t } = useTranslation("common");
  const [locale] = useLocale();
  return (
    <li>
      <Icon name="cart" size={20} />
      <div>
        <p>{one.sentence ?? t("standing.otherStore")}</p>
        <small>
          {one.store !== null && `${one.store.name} · `}
          {t("standing.heldUntil", { time: formatDateTime(one.lapses_at, locale) })}
        </small>
      </div>
      <b className="enishi-figure">{formatPoints(one.points)}</b>
    </li>
  );
}
