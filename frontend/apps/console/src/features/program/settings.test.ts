import { expect, test } from "vitest";
import { changesBetween, flatten } from "./settings.ts";

test("settings are named by their path, and lists stay whole", () => {
  const flat = flatten({ name: "A", earning: { unit_yen: 100 }, excluded_categories: ["SPIRITS"] });
  expect([...flat]).toEqual([
    ["name", "A"],
    ["earning.unit_yen", 100],
    ["excluded_categories", ["SPIRITS"]],
  ]);
});

test("a change names the setting and both values; what stayed is not listed", () => {
  const before = { earning: { unit_yen: 200, rounding: "floor" }, excluded_categories: [] };
  const after = { earning: { unit_yen: 100, rounding: "floor" }, excluded_categories: ["TOBACCO"] };
  expect(changesBetween(before, after)).toEqual([
    { name: "earning.unit_yen", before: 200, after: 100 },
    { name: "excluded_categories", before: [], after: ["TOBACCO"] },
  ]);
});

test("a setting that went away is a change, but an empty list that went away is not", () => {
  expect(changesBetween({ "expiry.on": "2027-03-31", gone: [] }, {})).toEqual([
    { name: "expiry.on", before: "2027-03-31", after: null },
  ]);
});
