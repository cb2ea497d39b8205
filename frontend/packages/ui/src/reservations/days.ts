// Days as the booking flow counts with them; a day is `YYYY-MM-DD`, wherever the browser is.
import type { Slot } from "@enishi/api/types.ts";

export function addDays(day: string, count: number): string {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() + count);
  return date.toISOString().slice(0, 10);
}

/** Monday of a day's week. */
export function weekOf(day: string): string {
  const weekday = new Date(`${day}T00:00:00Z`).getUTCDay();
  return addDays(day, -((weekday + 6) % 7));
}

export type Openness = "free" | "taken" | "later" | "closed";

/** How a day looks from afar: something is free, all is taken, it is not open to this member yet, or it is closed. */
export function opennessOf(slots: readonly Slot[]): Openness {
  if (slots.some(({ bookable }) => bookable)) return "free";
  if (slots.some(({ waitable }) => waitable)) return "taken";
  return reasonOf(slots, "horizon") === null ? "closed" : "later";
}

/** The sentence in which a rule stands against the first slot that it stands against; null where it does not. */
export function reasonOf(slots: readonly Slot[], rule: Slot["hindrances"][number]["rule"]): string | null {
  const against = slots.filter(({ bookable }) => !bookable).flatMap(({ hindrances }) => hindrances);
  return against.find((one) => one.rule === rule)?.reason ?? null;
}

/** Minutes after midnight of a time such as `18:30`. */
export function minutesOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(":").map(Number);
  return hours * 60 + minutes;
}

/** A name for a request. Older tablets' browsers have no `randomUUID`. */
export function newRequestId(): string {
  if ("randomUUID" in crypto) return crypto.randomUUID();
  const bytes = (crypto as Crypto).getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
