import { describe, expect, it } from "vitest";
import { placeOf } from "./design-place.ts";
import { ladderFrom, leavesOf } from "./ladder.ts";
import { firstShares, takeCuts } from "./take-cuts.ts";

const YEAR = { kind: "months", months: 12 } as const;
const spent = (value: number) => ({ kind: "at_least", measure: "amount_with_tax", value, window: { kind: "lifetime" } });
const LADDER = ladderFrom({
  name: "x",
  tiers: [
    { code: "base" },
    { code: "silver", criteria: { kind: "all", of: [{ kind: "holds", fact: "card" }, spent(10)] } },
    { code: "gold", criteria: { kind: "at_least", measure: "visits", value: 3, window: { kind: "lifetime" } } },
  ],
});

describe("cuts", () => {
  it("become the thresholds of the conditions that count the same, and leave the others", () => {
    const taken = takeCuts(LADDER, "amount_with_tax", YEAR, [12_000, 90_000]);
    expect(leavesOf(taken.tiers[1]?.criteria ?? null)).toMatchObject([
      { kind: "holds" },
      { measure: "amount_with_tax", value: 12_000, window: YEAR },
    ]);
    expect(taken.tiers[2]?.criteria).toMatchObject({ measure: "amount_with_tax", value: 90_000, window: YEAR });
    expect(taken.tiers[0]).toEqual(LADDER.tiers[0]);
  });

  it("make the tiers that are missing and leave those that are more", () => {
    expect(takeCuts(LADDER, "visits", YEAR, [1, 2, 3]).tiers.map(({ code }) => code)).toEqual(["base", "silver", "gold", "tier-4"]);
    expect(takeCuts(LADDER, "visits", YEAR, [9]).tiers[2]).toEqual(LADDER.tiers[2]);
  });
});

it("shares to begin with ascend for as many tiers as there can be", () => {
  for (let tiers = 1; tiers <= 19; tiers += 1) {
    const shares = firstShares(tiers);
    expect(shares).toHaveLength(tiers);
    expect(shares.every((one, at) => one >= 1 && one <= 99 && (at === 0 || one > (shares[at - 1] ?? 0)))).toBe(true);
  }
});

it("a cut lies between the edges of its band, and above the last edge in the middle of the open one", () => {
  const edges = [0, 1, 1_000, 2_000];
  expect([0, 1, 500.5, 1_000, 1_500, 2_000, 9_999].map((value) => placeOf(value, edges))).toEqual([0, 0.25, 0.375, 0.5, 0.625, 0.75, 0.875]);
});
