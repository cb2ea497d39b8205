import type { BacktestResult, BacktestRow, BacktestTier } from "@enishi/api/types.ts";
import { describe, expect, it } from "vitest";
import { byDifference, flowOf, highest, signed, tierPairs } from "./figures.ts";

const tier = (code: string, level: number, members: number): BacktestTier => ({
  code,
  level,
  name: code.toUpperCase(),
  colour: "#112233",
  members,
});

const ladders = {
  tiers_today: [tier("base", 0, 7), tier("gold", 1, 3)],
  tiers_tried: [tier("base", 0, 6), tier("silver", 1, 2), tier("gold", 2, 2)],
  moves: [
    { today: "base", tried: "silver", goes: 1, members: 2, some: [{ customer_id: "a", name: null }] },
    { today: "gold", tried: "base", goes: -1, members: 1, some: [] },
  ],
} as unknown as BacktestResult;

describe("the figures of a back-test", () => {
  it("writes differences with their sign", () => {
    expect([12, -5, 0].map((value) => signed(value, String))).toEqual(["+12", "−5", "±0"]);
  });

  it("takes shares of the largest value, however small", () => {
    expect([highest([0.01, 0.02]), highest([0, 0]), highest([])]).toEqual([0.02, 1, 1]);
  });

  it("puts the largest differences first", () => {
    const row = (name: string, difference_points: number): BacktestRow => ({ name, difference_points }) as BacktestRow;
    const rows = byDifference([row("a", 1), row("c", -9), row("b", 9)]);
    expect(rows.map(({ name }) => name)).toEqual(["b", "c", "a"]);
  });

  it("shows every way between two ladders, the highest rank first", () => {
    const flow = flowOf(ladders);
    expect(flow.map((row) => row.map(({ members, goes }) => [members, goes]))).toEqual([
      [[0, 1], [0, 0], [1, -1]],
      [[0, 1], [2, 1], [0, 0]],
    ]);
    expect(flow[1]?.[1]?.some).toHaveLength(1);
  });

  it("tells ranks that only one ladder has", () => {
    expect(tierPairs(ladders).map(({ code, today, tried }) => [code, today, tried])).toEqual([
      ["gold", 3, 2],
      ["silver", null, 2],
      ["base", 7, 6],
    ]);
  });
});
