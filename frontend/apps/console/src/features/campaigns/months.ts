// Months of the shops' zone for the calendar of campaigns: instants where they begin, and places between two of them.

const ZONE_OFFSET = "+09:00";
const MINUTE_MS = 60_000;

/** `2026-11` and a number of months: `2027-01` is two months on. */
export function addMonths(month: string, count: number): string {
  const [year, number] = month.split("-").map(Number);
  const months = (year ?? 0) * 12 + (number ?? 1) - 1 + count;
  return `${String(Math.floor(months / 12)).padStart(4, "0")}-${String((months % 12) + 1).padStart(2, "0")}`;
}

/** The instant at which a month begins. */
export function startOf(month: string): string {
  return `${month}-01T00:00:00${ZONE_OFFSET}`;
}

/** Where an instant lies between two, from 0 to 1. */
export function placeOf(instant: string, since: string, until: string): number {
  const begin = Date.parse(since);
  const length = Date.parse(until) - begin;
  return Math.min(1, Math.max(0, (Date.parse(instant) - begin) / length));
}

/** `2026-11-25T09:00` for the browser's own field: an instant as the clocks of the shops show it. */
export function toField(instant: string): string {
  if (instant === "") return "";
  return new Date(Date.parse(instant) + 9 * 60 * MINUTE_MS).toISOString().slice(0, 16);
}

/** The instant that a browser's field means, read as the shops' clocks. */
export function fromField(text: string): string {
  return text === "" ? "" : `${text.slice(0, 16)}:00${ZONE_OFFSET}`;
}
