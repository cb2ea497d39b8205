import { describe, expect, test } from "vitest";
import {
  dayKey,
  daysUntil,
  formatDate,
  formatDateTime,
  formatDayInSentence,
  formatIdentifier,
  formatInstant,
  formatMonth,
  formatPercent,
  formatPoints,
  formatRelative,
  formatSignedPoints,
  formatYen,
} from "./format.ts";

describe("amounts", () => {
  test("yen carry the sign before the currency", () => {
    expect(formatYen(12340)).toBe("¥12,340");
    expect(formatYen(-500)).toBe("-¥500");
    expect(formatYen(0)).toBe("¥0");
  });

  test("points say what they are, and which way they went", () => {
    expect(formatPoints(1234)).toBe("1,234pt");
    expect(formatPoints(-20)).toBe("-20pt");
    expect(formatSignedPoints(37)).toBe("+37pt");
    expect(formatSignedPoints(-1200)).toBe("−1,200pt");
    expect(formatSignedPoints(0)).toBe("0pt");
  });

  test("ratios read as percentages with one digit", () => {
    expect(formatPercent(0.1234)).toBe("12.3%");
  });
});

describe("days and times are the shops'", () => {
  const lateEvening = "2026-11-22T18:05:09+00:00";

  test("an instant late in the UTC day is already tomorrow in Tokyo", () => {
    expect(formatDate(lateEvening, "ja")).toBe("2026/11/23(月)");
    expect(formatDateTime(lateEvening, "en")).toBe("Mon 2026/11/23 03:05");
    expect(formatInstant(lateEvening, "ja")).toBe("2026/11/23(月) 03:05:09 JST");
    expect(dayKey(lateEvening)).toBe("2026-11-23");
  });

  test("a calendar date never moves", () => {
    expect(formatDate("2026-11-22", "ja")).toBe("2026/11/22(日)");
    const now = new Date("2026-11-22T12:00:00+09:00");
    expect(formatDayInSentence("2026-12-31", "ja", now)).toBe("12月31日");
    expect(formatDayInSentence("2026-12-31", "en", now)).toBe("31 December");
    expect(formatDayInSentence("2027-07-31", "ja", now)).toBe("2027年7月31日");
    expect(formatDayInSentence("2027-07-31", "en", now)).toBe("31 July 2027");
    expect(formatMonth("2026-11-01", "ja")).toBe("2026年11月");
    expect(formatMonth("2026-11-01", "en")).toBe("November 2026");
  });

  test("midnight is 00:00, not 24:00", () => {
    expect(formatDateTime("2026-11-22T00:00:00+09:00", "ja")).toBe("2026/11/22(日) 00:00");
  });
});

test("a Japanese mobile number reads as people write it, and nothing else is touched", () => {
  expect(formatIdentifier("phone", "+817000002056")).toBe("070-0000-2056");
  expect(formatIdentifier("phone", "+81312345678")).toBe("+81312345678");
  expect(formatIdentifier("phone", "••••2056")).toBe("••••2056");
  expect(formatIdentifier("card", "+817000002056")).toBe("+817000002056");
});

describe("relative times", () => {
  const now = new Date("2026-11-22T12:00:00+09:00");

  test.each([
    ["2026-11-22T11:59:30+09:00", "たった今", "just now"],
    ["2026-11-22T11:59:00+09:00", "1分前", "1 minute ago"],
    ["2026-11-22T09:30:00+09:00", "2時間前", "2 hours ago"],
    ["2026-11-21T11:00:00+09:00", "昨日", "yesterday"],
    ["2026-11-19T23:00:00+09:00", "3日前", "3 days ago"],
    ["2026-10-01T10:00:00+09:00", "2026/10/01(木)", "Thu 2026/10/01"],
  ])("%s", (instant, ja, en) => {
    expect(formatRelative(instant, "ja", now)).toBe(ja);
    expect(formatRelative(instant, "en", now)).toBe(en);
  });

  test("a lot that expires today has zero days left", () => {
    expect(daysUntil("2026-11-22", now)).toBe(0);
    expect(daysUntil("2026-12-01", now)).toBe(9);
    expect(daysUntil("2026-11-20", now)).toBe(-2);
  });
});
