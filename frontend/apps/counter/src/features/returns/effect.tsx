// What a return pays back and does to points: before it, so that the customer can be told, and after it.
import type { ReturnEffect } from "@enishi/api/types.ts";
import { formatPoints, formatYen } from "@enishi/i18n/format.ts";
import type { ReactElement } from "react";
import { useTexts } from "../../shell/texts.ts";
import styles from "./effect.module.css";

interface EffectProps {
  effect: ReturnEffect | undefined;
  counting: boolean;
  /** It has happened: what to pay back stands above already. */
  past?: boolean;
}

export function Effect({ effect, counting, past = false }: EffectProps): ReactElement {
  const { t } = useTexts();
  return (
    <section className={styles.effect} aria-label={t("returns.effect")} aria-busy={counting}>
      {!past && <h3>{t("returns.effect")}</h3>}
      {effect === undefined ? (
        <p className={styles.hint}>{t(counting ? "returns.counting" : "returns.choose")}</p>
      ) : (
        <>
          {!past && (
            <p className={styles.payBack}>
              {t("returns.payBack")}
              <strong className="enishi-figure">{formatYen(effect.pay_back_yen)}</strong>
            </p>
          )}
          <Points effect={effect} past={past} />
        </>
      )}
    </section>
  );
}

function Points({ effect, past }: { effect: ReturnEffect; past: boolean }): ReactElement {
  const { t } = useTexts();
  const asPoints = effect.refund_yen - effect.pay_back_yen;
  const rows = (
    [
      [past ? "common:returns.takenBack" : "returns.takenBack", effect.points_taken_back],
      [past ? "common:returns.pendingCancelled" : "returns.pendingCancelled", effect.pending_cancelled],
      [past ? "common:returns.givenBack" : "returns.givenBack", effect.points_given_back],
      [past ? "common:returns.absorbed" : "returns.absorbed", effect.points_absorbed],
      [past ? "common:returns.lost" : "returns.lost", effect.points_lost],
    ] as const
  ).filter(([, points]) => points > 0);
  return (
    <>
      {asPoints > 0 && (
        <p className={styles.note}>
          {t("returns.payBackNote", { refund: formatYen(effect.refund_yen), points: formatPoints(asPoints) })}
        </p>
      )}
      {rows.length === 0 ? (
        <p className={styles.note}>{t("returns.noPoints")}</p>
      ) : (
        <dl>
          {rows.map(([name, points]) => (
            <div key={name}>
              <dt>{t(name)}</dt>
              <dd className="enishi-figure">{formatPoints(points)}</dd>
            </div>
          ))}
          {effect.available !== null && (
            <div>
              <dt>{t("returns.after")}</dt>
              <dd className="enishi-figure">{formatPoints(effect.available)}</dd>
            </div>
          )}
        </dl>
      )}
      {effect.points_owed > 0 && (
        <p className={styles.owed}>
          <span>{t("returns.owed")}</span>
          <b className="enishi-figure">{formatPoints(effect.points_owed)}</b>
          <small>{t("returns.owedNote")}</small>
        </p>
      )}
    </>
  );
}
