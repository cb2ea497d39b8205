/** Dates as a member reads them, beside those that every face shares. */
import { dayKey, type Locale } from "@enishi/i18n/format.ts";

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
