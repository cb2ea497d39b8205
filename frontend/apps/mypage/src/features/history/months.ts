import type { Entry, TimelineItem } from "@enishi/api/types.ts";
import { dayKey } from "@enishi/i18n/format.ts";

export interface Month {
  /** `2026-11`, in the shops' zone. */
  key: string;
  /** An instant of the month, to name it by. */
  at: string;
  items: TimelineItem[];
}

/** The history as it came, newest first, cut where the month changes. */
export function byMonth(items: readonly TimelineItem[]): Month[] {
  const months: Month[] = [];
  for (const item of items) {
    const key = dayKey(item.at).slice(0, 7);
    const last = months.at(-1);
    if (last?.key === key) last.items.push(item);
    else months.push({ key, at: item.at, items: [item] });
  }
  return months;
}

/** What tells one item of the history from all others. */
export function itemKey(item: TimelineItem): string {
  return item.item === "purchase" ? item.purchase.purchase_id : item.entry.entry_id;
}

/** The entries of an item: what was earned first, then what was used. */
export function entriesOf(item: TimelineItem): Entry[] {
  const entries = item.item === "purchase" ? item.entries : [item.entry];
  return [...entries].sort((a, b) => Math.sign(b.points) - Math.sign(a.points));
}
