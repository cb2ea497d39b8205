import { describe, expect, test } from "vitest";
import { BLANK, effectOf, forJoining, isComplete } from "./rules.ts";

const WHOLE = {
  ...BLANK,
  name_ja: "週末2倍",
  name_en: "Double weekend",
  starts_at: "2026-12-01T00:00:00+09:00",
  ends_at: "2027-01-01T00:00:00+09:00",
};

describe("rules in the form", () => {
  test("are looked at by the server once name, period and award are there", () => {
    expect([isComplete(BLANK), isComplete(WHOLE), isComplete({ ...WHOLE, ends_at: "" })]).toEqual([false, true, false]);
    expect(isComplete({ ...WHOLE, effect: { kind: "added", points: 0 } })).toBe(false);
    expect(isComplete({ ...WHOLE, effect: { kind: "steps", steps: [] } })).toBe(false);
  });

  test("for joining keep the budget and lose what looks at a purchase", () => {
    const rules = {
      ...WHOLE,
      conditions: { ...WHOLE.conditions, stores: ["A"] },
      ceilings: { ...WHOLE.ceilings, receipt_points: 10, budget_points: 500 },
    };
    const joining = forJoining(rules);
    expect(joining.conditions.stores).toEqual([]);
    expect(joining.ceilings).toEqual({ ...BLANK.ceilings, budget_points: 500 });
    expect(joining.effect).toEqual(effectOf("added"));
  });
});
