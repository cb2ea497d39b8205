// A customer's points that can not be used, each state apart: frozen, held, pending, owed, waiting for approval.
import type { CustomerPoints } from "@enishi/api/types.ts";
import { formatDate, formatDateTime, formatPoints } from "@enishi/i18n/format.ts";
import { useLocale } from "@enishi/i18n/start.ts";
import { Icon } from "@enishi/ui/icons.tsx";
import { useNavigate } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { Card } from "../../shell/page.tsx";
import { useTexts } from "../../shell/texts.ts";
import { SignedPoints } from "../../shell/values.tsx";
import styles from "./adjusting.module.css";

export function FrozenBanner({ frozen }: { frozen: NonNullable<CustomerPoints["frozen"]> }): ReactElement {
  const { t } = useTexts();
  const [locale] = useLocale();
  return (
    <div className={styles.frozen} role="status">
      <Icon name="warning" size={18} />
      <div>
        <p>
          <strong>{t("adjusting.states.frozen")}</strong> {t("adjusting.states.frozenNote")}
        </p>
        <p>
          {t("adjusting.states.frozenBy", { date: formatDateTime(frozen.since, locale), name: frozen.by })}
          {frozen.reason !== "" && ` · ${t("adjusting.states.frozenReason", { reason: frozen.reason })}`}
        </p>
      </div>
    </div>
  );
}

export function StatesCard({ points }: { points: CustomerPoints }): ReactElement {
  const { t } = useTexts();
  const nothing = points.holds.length === 0 && points.awards.length === 0 && points.requests.length === 0;
  return (
    <Card title={t("adjusting.states.title")}>
      {nothing && points.balance.owed === 0 ? (
        <p className={styles.quiet}>{t("adjusting.states.none")}</p>
      ) : (
        <div className={styles.states}>
          {points.requests.length > 0 && <Waiting points={points} />}
          {points.holds.length > 0 && <Held points={points} />}
          {points.awards.length > 0 && <Pending points={points} />}
          {points.balance.owed > 0 && (
            <section>
              <h3>
                {t("adjusting.states.owed")}
                <span className="enishi-figure">{formatPoints(points.balance.owed)}</span>
              </h3>
              <small>{t("adjusting.offline.receiptsNote")}</small>
            </section>
          )}
        </div>
      )}
    </Card>
  );
}

function Held({ points }: { points: CustomerPoints }): ReactElement {
  const { t } = useTexts();
  const [locale] = useLocale();
  return (
    <section>
      <h3>
        {t("adjusting.states.held")}
        <span className="enishi-figure">{formatPoints(points.held)}</span>
      </h3>
      <small>{t("adjusting.states.heldNote")}</small>
      <ul className={styles.rows}>
        {points.holds.map((hold) => (
          <li key={hold.hold_id}>
            <span>{hold.store.name}</span>
            <b className="enishi-figure">{formatPoints(hold.points)}</b>
            <small>
              {t("adjusting.states.heldUntil", { date: formatDateTime(hold.expires_at, locale) })} · {hold.external_id}
            </small>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Pending({ points }: { points: CustomerPoints }): ReactElement {
  const { t } = useTexts();
  const [locale] = useLocale();
  const navigate = useNavigate();
  const condition = (award: CustomerPoints["awards"][number]): string => {
    if (award.due_on !== null) return t("adjusting.states.dueOn", { date: formatDate(award.due_on, locale) });
    const event = award.waits_for ?? "delivered";
    return award.days === 0
      ? t(`adjusting.states.waits.${event}`)
      : t(`adjusting.states.waitsDays.${event}`, { n: award.days });
  };
  return (
    <section>
      <h3>
        {t("adjusting.states.pending")}
        <span className="enishi-figure">{formatPoints(points.pending)}</span>
      </h3>
      <small>{t("adjusting.states.pendingNote")}</small>
      <ul className={styles.rows}>
        {points.awards.map((award, index) => (
          <li key={`${award.purchase_id}-${index}`}>
            <span>{condition(award)}</span>
            <b className="enishi-figure">{formatPoints(award.points)}</b>
            <small>
              {award.reason}{" "}
              <button
                type="button"
                onClick={() =>
                  void navigate({
                    to: ".",
                    search: (now) => ({ ...now, receipt: award.purchase_id }),
                    resetScroll: false,
                  })
                }
              >
                {t("adjusting.states.receipt")}
              </button>
            </small>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Waiting({ points }: { points: CustomerPoints }): ReactElement {
  const { t } = useTexts();
  const [locale] = useLocale();
  return (
    <section>
      <h3>{t("adjusting.states.waiting")}</h3>
      <ul className={styles.rows}>
        {points.requests.map((one) => (
          <li key={one.request_id}>
            <span>{one.store.name}</span>
            <SignedPoints points={one.points} />
            <small>
              {t("adjusting.states.waitingNote", {
                name: one.requested_by,
                date: formatDateTime(one.requested_at, locale),
                reason: one.reason.name,
              })}
            </small>
          </li>
        ))}
      </ul>
    </section>
  );
}
