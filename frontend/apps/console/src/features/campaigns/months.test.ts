import { describe, expect, test } from "vitest";
import { addMonths, fromField, placeOf, startOf, toField } from "./months.ts";

describe("months of the calendar", () => {
  test("go across the end of a year, both ways", () => {
    expect([addMonths("2026-11", 2), addMonths("2027-01", -1), addMonths("2026-12", 0)]).toEqual([
      "2027-01",
      "2026-12",
      "2026-12",
    ]);
  });

  test("an instant has its place between two, and none outside", () => {
    const [since, until] = [startOf("2026-11"), startOf("2026-12")];
    expect(placeOf("2026-11-16T00:00:00+09:00", since, until)).toBe(0.5);
    expect([placeOf("2026-10-01T00:00:00Z", since, until), placeOf("2027-01-01T00:00:00Z", since, until)]).toEqual([0, 1]);
  });

  test("fields show and mean the clocks of the shops", () => {
    expect(toField("2026-11-30T15:00:00Z")).toBe("2026-12-01T00:00");
    expect(fromField("2026-12-01T00:00")).toBe("2026-12-01T00:00:00+09:00");
    expect([toField(""), fromField("")]).toEqual(["", ""]);
  });
});
