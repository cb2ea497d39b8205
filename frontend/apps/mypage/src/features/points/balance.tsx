/** What the member can use now: the sum, its kinds, and what expires first. */
import type { Balance, Lot, Standing } from "@enishi/api/types.ts";
import { daysUntil, formatCount, formatDayInSentence, formatPoints } from "@enishi/i18n/format.ts";
import { Icon } from "@enishi/ui/icons.tsx";
import type { ReactElement } from "react";
import { open } from "../../shell/router.ts";
import { useWords } from "../../shell/words.ts";
import styles from "./balance.module.css";

/** From this many days on, an expiry is worth a warning. */
const SOON_DAYS = 30;

export function BalanceCard({ balance, standing }: { balance: Balance; standing: Standing }): ReactElement {
  const { t } = useWords();
  return (
    <section className={styles.card} aria-labelledby="available">
      <div className={styles.sum}>
        <h2 id="available" className={styles.label}>
          {t("points.available")}
        </h2>
        <p className={styles.available} data-negative={balance.owed > 0}>
          <span className="enishi-figure">{formatCount(balance.available).replace("-", "−")}</span>
          <span className={styles.unit}>pt</span>
        </p>
      </div>
      <dl className={styles.kinds}>
        {(["regular", "limited"] as const).map((kind) => (
          <div key={kind} data-kind={kind}>
            <dt>{t(`kindShort.${kind}`)}</dt>
            <dd className="enishi-figure">{formatPoints(balance[kind]).replace("-", "−")}</dd>
          </div>
        ))}
      </dl>
      {balance.owed > 0 ? (
        <p className={styles.negative}>{t("returns.owed", { points: formatPoints(balance.owed) })}</p>
      ) : (
        <NextExpiry next={balance.next_expiry} />
      )}
      <Apart name="standing.pending" points={standing.pending_points} />
      <Apart name="standing.held" points={standing.held_points} />
      {standing.frozen_since !== null && (
        <p className={styles.negative} role="status">
          {t("waiting.frozen")}
        </p>
      )}
    </section>
  );
}

/** Points that can not be used now stand apart from those that can; there is a row only for what there is. */
function Apart({ name, points }: { name: "standing.pending" | "standing.held"; points: number }): ReactElement | null {
  const { t } = useWords();
  if (points === 0) return null;
  const shown = formatPoints(points);
  return (
    <button
      type="button"
      className={styles.expiry}
      aria-label={t("waiting.open", { name: t(name), points: shown })}
      onClick={() => open({ name: "waiting" })}
    >
      <Icon name={name === "standing.held" ? "cart" : "history"} size={18} />
      <span>{t(name)}</span>
      <b className="enishi-figure">{shown}</b>
      <Icon name="chevronRight" size={16} />
    </button>
  );
}

function NextExpiry({ next }: { next: Lot | null }): ReactElement | null {
  const { t, locale } = useWords();
  if (next === null) return null;
  const days = daysUntil(next.expires_on);
  const points = formatPoints(next.points);
  const sentence =
    days <= 0
      ? t("points.expiryToday", { points })
      : t("points.expiry", { points, date: formatDayInSentence(next.expires_on, locale) });
  return (
    <button
      type="button"
      className={styles.expiry}
      data-soon={days <= SOON_DAYS}
      onClick={() => open({ name: "expiry" })}
    >
      <Icon name="clock" size={18} />
      <span>{sentence}</span>
      <span className="enishi-visually-hidden">{t("points.breakdown")}</span>
      <Icon name="chevronRight" size={16} />
    </button>
  );
}
