import type { Entry, TimelineItem } from "@enishi/api/types.ts";
import { describe, expect, it } from "vitest";
import { byMonth, entriesOf, itemKey } from "./months.ts";

function entry(id: string, at: string, points: number): Entry {
  return {
    entry_id: id,
    type: points < 0 ? "spend" : "earn",
    points,
    kind: "regular",
    balance_after: 0,
    occurred_at: at,
    recorded_at: at,
    store: null,
    purchase_id: null,
    lots: [],
    summary: "",
  };
}

function item(id: string, at: string): TimelineItem {
  return { item: "entry", at, entry: entry(id, at, 10) };
}

describe("the history by month", () => {
  it("cuts where the shops' month changes, keeping the order", () => {
    const months = byMonth([
      item("d", "2026-11-02T09:00:00+09:00"),
      item("c", "2026-10-31T15:30:00+00:00"),
      item("b", "2026-10-31T14:30:00+00:00"),
      item("a", "2025-10-05T12:00:00+09:00"),
    ]);
    expect(months.map(({ key, items }) => [key, items.map(itemKey)])).toEqual([
      ["2026-11", ["d", "c"]],
      ["2026-10", ["b"]],
      ["2025-10", ["a"]],
    ]);
  });

  it("is empty when there is none", () => {
    expect(byMonth([])).toEqual([]);
  });

  it("shows what was earned before what was used", () => {
    const at = "2026-11-02T09:00:00+09:00";
    const used = entry("used", at, -100);
    const earned = entry("earned", at, 19);
    const purchase = { item: "purchase", at, purchase: {} as never, returned_yen: 0, pending_points: 0, entries: [used, earned] } satisfies TimelineItem;
    expect(entriesOf(purchase)).toEqual([earned, used]);
  });
});
