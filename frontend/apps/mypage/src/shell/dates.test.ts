import { describe, expect, it } from "vitest";
import { calendarLeaf, dayInSentence, plainDate } from "./dates.ts";

const now = new Date("2026-11-22T12:00:00+09:00");

describe("dates for members", () => {
  it("leaves out the year while it is this one", () => {
    expect(dayInSentence("2026-12-31", "ja", now)).toBe("12月31日");
    expect(dayInSentence("2026-12-31", "en", now)).toBe("31 December");
  });

  it("names another year", () => {
    expect(dayInSentence("2027-03-31", "ja", now)).toBe("2027年3月31日");
    expect(dayInSentence("2027-03-31", "en", now)).toBe("31 March 2027");
  });

  it("takes the shops' year, not the one in Greenwich", () => {
    expect(dayInSentence("2027-01-01", "ja", new Date("2026-12-31T15:30:00Z"))).toBe("1月1日");
  });

  it("gives the shops' day for a late instant", () => {
    expect(plainDate("2026-11-22T15:00:00+00:00")).toBe("2026/11/23");
    expect(calendarLeaf("2026-11-22T15:00:00+00:00", "ja")).toEqual({ day: "23", weekday: "月" });
    expect(calendarLeaf("2026-11-01T10:00:00+09:00", "en")).toEqual({ day: "1", weekday: "Sun" });
  });
});
