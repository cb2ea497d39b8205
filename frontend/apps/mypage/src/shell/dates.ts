/** Dates as a member reads them; the year only where it is not this one. */
import { dayKey, formatDayInSentence, type Locale } from "@enishi/i18n/format.ts";

/** `12月31日`, and `2027年12月31日` in another year. */
export function dayInSentence(date: string, locale: Locale, now: Date = new Date()): string {
  const day = formatDayInSentence(date, locale);
  const year = dayKey(date).slice(0, 4);
  if (year === dayKey(now.toISOString()).slice(0, 4)) return day;
  return locale === "ja" ? `${year}年${day}` : `${day} ${year}`;
}

/** `2025/04/01`: a date whose weekday nobody asks for. */
export function plainDate(date: string): string {
  return dayKey(date).replaceAll("-", "/");
}

const weekdays: Readonly<Record<Locale, Intl.DateTimeFormat>> = {
  ja: new Intl.DateTimeFormat("ja-JP", { weekday: "short", timeZone: "UTC" }),
  en: new Intl.DateTimeFormat("en-GB", { weekday: "short", timeZone: "UTC" }),
};

/** `22` and `日`: the parts of a leaf of a calendar. */
export function calendarLeaf(instant: string, locale: Locale): { day: string; weekday: string } {
  const key = dayKey(instant);
  return { day: String(Number(key.slice(8))), weekday: weekdays[locale].format(new Date(`${key}T00:00:00Z`)) };
}
