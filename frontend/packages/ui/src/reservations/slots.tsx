// A week of a service: the days, the times of one day, and why a time can not be had.
import type { Slot, SlotDay } from "@enishi/api/types.ts";
import { formatCount, formatDate } from "@enishi/i18n/format.ts";
import { useLocale } from "@enishi/i18n/start.ts";
import { type ReactElement, useId } from "react";
import { useTranslation } from "react-i18next";
import { Icon } from "../icons.tsx";
import { type Openness, opennessOf, reasonOf } from "./days.ts";
import styles from "./reservations.module.css";

const DAY_WORDS = {
  taken: "reservations.allTaken",
  later: "reservations.notYet",
  closed: "reservations.closed",
} as const satisfies Record<Exclude<Openness, "free">, string>;

interface DaysProps {
  days: readonly SlotDay[];
  on: string | null;
  canGoBack: boolean;
  onPick: (on: string) => void;
  onTurn: (weeks: -1 | 1) => void;
}

export function Days({ days, on, canGoBack, onPick, onTurn }: DaysProps): ReactElement {
  const { t } = useTranslation("common");
  const [locale] = useLocale();
  const weekday = new Intl.DateTimeFormat(locale === "ja" ? "ja-JP" : "en-GB", { weekday: "short", timeZone: "UTC" });
  return (
    <div className={styles.week}>
      <button type="button" disabled={!canGoBack} onClick={() => onTurn(-1)}>
        <Icon name="chevronLeft" size={18} />
        {t("reservations.before")}
      </button>
      <div role="group" aria-label={t("reservations.when")} className={styles.days}>
        {days.map((day) => {
          const openness = opennessOf(day.slots);
          const date = new Date(`${day.on}T00:00:00Z`);
          const free = day.slots.filter(({ bookable }) => bookable).length;
          const word = openness === "free" ? t("reservations.free", { n: formatCount(free) }) : t(DAY_WORDS[openness]);
          return (
            <button
              key={day.on}
              type="button"
              className={styles.day}
              data-openness={openness}
              data-weekday={date.getUTCDay()}
              aria-pressed={day.on === on}
              aria-label={`${formatDate(day.on, locale)} ${word}`}
              onClick={() => onPick(day.on)}
            >
              <span>{weekday.format(date)}</span>
              <b className="enishi-figure">
                {date.getUTCMonth() + 1}/{date.getUTCDate()}
              </b>
              <small>{word}</small>
            </button>
          );
        })}
      </div>
      <button type="button" onClick={() => onTurn(1)}>
        {t("reservations.after")}
        <Icon name="chevronRight" size={18} />
      </button>
    </div>
  );
}

interface TimesProps {
  day: SlotDay;
  picked: Slot | null;
  onPick: (slot: Slot) => void;
}

export function Times({ day, picked, onPick }: TimesProps): ReactElement {
  const { t } = useTranslation("common");
  const [locale] = useLocale();
  const headingId = useId();
  const marks = (["early", "held"] as const).filter((mark) => day.slots.some((slot) => slot.mark === mark));
  const later = opennessOf(day.slots) === "later" ? reasonOf(day.slots, "horizon") : null;
  const kept = later === null ? reasonOf(day.slots, "quota") : null;
  if (day.slots.length === 0) return <p className={styles.quiet}>{t("reservations.none")}</p>;
  return (
    <section aria-labelledby={headingId}>
      <h3 id={headingId}>{t("reservations.times", { date: formatDate(day.on, locale) })}</h3>
      {later !== null && (
        <p className={styles.legend} data-mark="later">
          <b>{t("reservations.notYet")}</b>
          {later}
        </p>
      )}
      <div className={styles.times}>
        {day.slots.map((slot) => (
          <button
            key={slot.starts_at}
            type="button"
            className={styles.time}
            data-bookable={slot.bookable}
            data-mark={slot.mark ?? undefined}
            aria-pressed={slot.starts_at === picked?.starts_at}
            onClick={() => onPick(slot)}
          >
            <b className="enishi-figure">{slot.time}</b>
            <small>{tell(slot)}</small>
          </button>
        ))}
      </div>
      {marks.map((mark) => (
        <p key={mark} className={styles.legend} data-mark={mark}>
          <b>{t(`reservations.mark.${mark}`)}</b>
          {t(`reservations.markLead.${mark}`)}
        </p>
      ))}
      {kept !== null && (
        <p className={styles.legend} data-mark="held">
          <b>{t("reservations.mark.held")}</b>
          {kept}
        </p>
      )}
    </section>
  );

  function tell(slot: Slot): string {
    if (slot.mark !== null) return t(`reservations.mark.${slot.mark}`);
    if (slot.bookable) return slot.places > 1 ? t("reservations.left", { n: formatCount(slot.places) }) : "○";
    const rules = slot.hindrances.map(({ rule }) => rule);
    if (rules.includes("horizon")) return t("reservations.notYet");
    if (rules.includes("quota")) return t("reservations.mark.held");
    return rules.includes("taken") ? t("reservations.allTaken") : "−";
  }
}

/** Every reason against a slot, in sentences. */
export function WhyNot({ slot }: { slot: Slot }): ReactElement {
  const { t } = useTranslation("common");
  return (
    <section className={styles.why} role="status">
      <h3>{t("reservations.whyNot", { time: slot.time })}</h3>
      <ul>
        {slot.hindrances.map((one) => (
          <li key={one.rule}>{one.reason}</li>
        ))}
      </ul>
    </section>
  );
}
