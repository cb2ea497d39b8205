import { expect, it } from "vitest";
import { calendarLeaf, plainDate } from "./dates.ts";

it("gives the shops' day for a late instant", () => {
  expect(plainDate("2026-11-22T15:00:00+00:00")).toBe("2026/11/23");
  expect(calendarLeaf("2026-11-22T15:00:00+00:00", "ja")).toEqual({ day: "23", weekday: "月" });
  expect(calendarLeaf("2026-11-01T10:00:00+09:00", "en")).toEqual({ day: "1", weekday: "Sun" });
});
