// The days of the period as bars, by kind, each as high as its share of the highest day.
import type { ExpiringDay } from "@enishi/api/types.ts";

const DAY_MS = 86_400_000;

export interface Bar {
  on: string;
  regular: number;
  limited: number;
}

/** Every day from the first to the last, also those on which nothing expires. */
export function barsOf(first: string, last: string, days: readonly ExpiringDay[]): Bar[] {
  const bars = new Map<string, Bar>();
  for (let at = Date.parse(`${first}T00:00:00Z`); at <= Date.parse(`${last}T00:00:00Z`); at += DAY_MS) {
    const on = new Date(at).toISOString().slice(0, 10);
    bars.set(on, { on, regular: 0, limited: 0 });
  }
  for (const { expires_on, kind, points } of days) {
    const bar = bars.get(expires_on);
    if (bar !== undefined) bar[kind] += points;
  }
  return [...bars.values()];
}

export function highest(bars: readonly Bar[]): number {
  return Math.max(1, ...bars.map(({ regular, limited }) => regular + limited));
}
