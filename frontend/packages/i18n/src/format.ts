// How numbers, dates and times read on every face. Days and clock times are those of the shops' zone, wherever the
// browser is; amounts are integer yen and points are integers, so nothing here rounds.

export type Locale = "ja" | "en";

export const ZONE = "Asia/Tokyo";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const DATE_ONLY = /^\d{4}-\d{2}-\d{2}$/;

const integer = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });
const percent = new Intl.NumberFormat("en-US", { minimumFractionDigits: 1, maximumFractionDigits: 1 });

const calendar = new Intl.DateTimeFormat("en-US", {
  timeZone: ZONE,
  year: "numeric",
  month: "2-digit",
  day: "2-digit",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
});

const weekdays: Record<Locale, Intl.DateTimeFormat> = {
  ja: new Intl.DateTimeFormat("ja-JP", { timeZone: ZONE, weekday: "short" }),
  en: new Intl.DateTimeFormat("en-GB", { timeZone: ZONE, weekday: "short" }),
};
const englishMonth = new Intl.DateTimeFormat("en-GB", { timeZone: ZONE, month: "long" });

interface Parts {
  year: string;
  month: string;
  day: string;
  hour: string;
  minute: string;
  second: string;
}

/** A calendar date has no zone: it is read as noon in the shops' zone, so that it stays the same day. */
function instantOf(value: string): Date {
  return new Date(DATE_ONLY.test(value) ? `${value}T12:00:00+09:00` : value);
}

function partsOf(value: string): Parts {
  const parts: Record<string, string> = {};
  for (const { type, value: text } of calendar.formatToParts(instantOf(value))) parts[type] = text;
  return parts as unknown as Parts;
}

/** `12,340` */
export function formatCount(value: number): string {
  return integer.format(value);
}

/** `¥12,340`, and `-¥500` below zero. */
export function formatYen(yen: number): string {
  return yen < 0 ? `-¥${integer.format(-yen)}` : `¥${integer.format(yen)}`;
}

/** `1,234pt` */
export function formatPoints(points: number): string {
  return `${integer.format(points)}pt`;
}

/** `+37pt` or `−120pt`, with a true minus sign so that the figures line up. */
export function formatSignedPoints(points: number): string {
  if (points === 0) return "0pt";
  return points > 0 ? `+${integer.format(points)}pt` : `−${integer.format(-points)}pt`;
}

/** `12.3%` of a ratio between 0 and 1. */
export function formatPercent(ratio: number): string {
  return `${percent.format(ratio * 100)}%`;
}

/** `2026/11/22(日)`, in English `Sun 2026/11/22`. */
export function formatDate(value: string, locale: Locale): string {
  const { year, month, day } = partsOf(value);
  const weekday = weekdays[locale].format(instantOf(value));
  return locale === "ja" ? `${year}/${month}/${day}(${weekday})` : `${weekday} ${year}/${month}/${day}`;
}

/** `11/22` */
export function formatMonthDay(value: string): string {
  const { month, day } = partsOf(value);
  return `${month}/${day}`;
}

/** `2026年11月`, in English `November 2026`: the heading of a month. */
export function formatMonth(value: string, locale: Locale): string {
  const { year, month } = partsOf(value);
  return locale === "ja" ? `${year}年${Number(month)}月` : `${englishMonth.format(instantOf(value))} ${year}`;
}

/** `12月31日`, in English `31 December`: a day inside a sentence. Another year than this one is named. */
export function formatDayInSentence(value: string, locale: Locale, now: Date = new Date()): string {
  const { year, month, day } = partsOf(value);
  const thisYear = partsOf(now.toISOString()).year === year;
  if (locale === "ja") return `${thisYear ? "" : `${year}年`}${Number(month)}月${Number(day)}日`;
  return `${Number(day)} ${englishMonth.format(instantOf(value))}${thisYear ? "" : ` ${year}`}`;
}

const JAPANESE_MOBILE = /^\+81([5-9]0)(\d{4})(\d{4})$/;

/** An identifier as people here write it: `+819012345678` reads `090-1234-5678`; anything else stays as it is. */
export function formatIdentifier(kind: string, value: string): string {
  return kind === "phone" ? value.replace(JAPANESE_MOBILE, "0$1-$2-$3") : value;
}

/** `18:05` */
export function formatTime(value: string): string {
  const { hour, minute } = partsOf(value);
  return `${hour}:${minute}`;
}

/** `2026/11/22(日) 18:05` */
export function formatDateTime(value: string, locale: Locale): string {
  return `${formatDate(value, locale)} ${formatTime(value)}`;
}

/** `2026/11/22(日) 18:05:09 JST`: the full instant, shown where a relative time is pointed at. */
export function formatInstant(value: string, locale: Locale): string {
  return `${formatDateTime(value, locale)}:${partsOf(value).second} JST`;
}

/** `2026-11-22` in the shops' zone: the key under which things of one day or (first seven letters) month gather. */
export function dayKey(value: string): string {
  const { year, month, day } = partsOf(value);
  return `${year}-${month}-${day}`;
}

/** Whole days from today to a date, in the shops' zone; negative once it has passed. */
export function daysUntil(date: string, now: Date = new Date()): number {
  const today = dayKey(now.toISOString());
  return Math.round((Date.parse(`${dayKey(date)}T00:00:00Z`) - Date.parse(`${today}T00:00:00Z`)) / DAY_MS);
}

/** `3日前`, in English `3 days ago`. Anything a month old or older reads as its date. */
export function formatRelative(value: string, locale: Locale, now: Date = new Date()): string {
  const elapsed = now.getTime() - instantOf(value).getTime();
  const ja = locale === "ja";
  if (elapsed < MINUTE_MS) return ja ? "たった今" : "just now";
  if (elapsed < HOUR_MS) return ago(Math.floor(elapsed / MINUTE_MS), ja ? "分" : "minute", ja);
  if (elapsed < DAY_MS) return ago(Math.floor(elapsed / HOUR_MS), ja ? "時間" : "hour", ja);
  const days = -daysUntil(value, now);
  if (days === 1) return ja ? "昨日" : "yesterday";
  if (days < 31) return ago(days, ja ? "日" : "day", ja);
  return formatDate(value, locale);
}

function ago(count: number, unit: string, ja: boolean): string {
  if (ja) return `${count}${unit}前`;
  return `${count} ${unit}${count === 1 ? "" : "s"} ago`;
}
