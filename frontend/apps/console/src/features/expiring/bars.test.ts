import { expect, test } from "vitest";
import { barsOf, highest } from "./bars.ts";

test("each day of the period has a bar, and kinds of one day stand on each other", () => {
  const bars = barsOf("2026-11-29", "2026-12-01", [
    { expires_on: "2026-11-30", kind: "regular", members: 2, points: 28 },
    { expires_on: "2026-11-30", kind: "limited", members: 1, points: 5 },
  ]);
  expect(bars).toEqual([
    { on: "2026-11-29", regular: 0, limited: 0 },
    { on: "2026-11-30", regular: 28, limited: 5 },
    { on: "2026-12-01", regular: 0, limited: 0 },
  ]);
  expect(highest(bars)).toBe(33);
});

test("a period in which nothing expires divides by no zero", () => {
  expect(highest(barsOf("2026-11-29", "2026-11-29", []))).toBe(1);
});
