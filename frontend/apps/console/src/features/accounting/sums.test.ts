import type { BooksCohort } from "@enishi/api/types.ts";
import { expect, test } from "vitest";
import { COLUMNS, lateOf, rowOf, totalOf } from "./sums.ts";

const april: BooksCohort = {
  cohort: "2026-04-01",
  point_class: "material",
  opening_points: 100,
  moved: { issued: 50, returned: 5, used: 30, expired: 10, adjusted: 5 },
  late: { issued: 20, returned: 0, used: 7, expired: 0, adjusted: 0 },
  closing_points: 100,
  sales_yen: 5_000,
  allocated_yen: 130,
  expected_points: 140,
  yen: { opening: 90, issued: 45, returned: -4, used: -27, expired: -9, remeasured: 2, closing: 97 },
};
const may: BooksCohort = { ...april, cohort: "2026-05-01", opening_points: 0, closing_points: 0 };

test.each(["yen", "points"] as const)("a row in %s adds up from opening to closing", (unit) => {
  const row = rowOf(april, unit);
  const parts = COLUMNS[unit].filter((column) => column !== "closing");
  expect(parts.reduce((sum, column) => sum + row[column], 0)).toBe(row.closing);
});

test("a total adds each column up", () => {
  expect(totalOf([rowOf(april, "points"), rowOf(may, "points")])).toMatchObject({ opening: 100, used: -60, closing: 100 });
  expect(totalOf([])).toMatchObject({ opening: 0, closing: 0 });
});

test("late points are counted over all months of issue", () => {
  expect(lateOf([april, may])).toEqual({ issued: 40, used: 14 });
});
