import { describe, expect, it } from "vitest";
import { QUIET_MODULES, bars, canBeDrawn, sharpWidth, symbolValues } from "./code128.ts";

/** Reads the symbols back, as a scanner would, so that the encoder is judged by what comes out and not by its steps. */
function decode(values: readonly number[]): string {
  const check = values.at(-2);
  const data = values.slice(0, -2);
  const sum = data.reduce((total, value, position) => total + value * Math.max(position, 1), 0);
  if (sum % 103 !== check || values.at(-1) !== 106) throw new Error("does not scan");
  let set = data[0] === 105 ? "C" : "B";
  let text = "";
  for (const value of data.slice(1)) {
    if (set === "B" && value === 99) set = "C";
    else if (set === "C" && value === 100) set = "B";
    else text += set === "C" ? String(value).padStart(2, "0") : String.fromCharCode(value + 32);
  }
  return text;
}

describe("Code 128", () => {
  it("gives the published check symbol of a mixed text", () => {
    expect(symbolValues("Wikipedia")).toEqual([104, 55, 73, 75, 73, 80, 69, 68, 73, 65, 88, 106]);
  });

  it("packs an even card number two digits to a symbol", () => {
    expect(symbolValues("2900123456789012")).toEqual([105, 29, 0, 12, 34, 56, 78, 90, 12, 29, 106]);
  });

  it("writes the last digit of an odd number in set B", () => {
    expect(symbolValues("12345")).toEqual([105, 12, 34, 100, 21, 54, 106]);
  });

  it.each([
    "0",
    "42",
    "123",
    "A",
    "EN-0001-2345",
    "AB123456",
    "AB1234567CD",
    "1234AB",
    "~ {|}",
    "00000000000000000001",
  ])("reads back as it was written: %s", (text) => {
    expect(decode(symbolValues(text))).toBe(text);
  });

  it("refuses what it can not carry", () => {
    expect(() => symbolValues("")).toThrow(RangeError);
    expect(() => symbolValues("会員")).toThrow(RangeError);
    expect(() => symbolValues("A\n")).toThrow(RangeError);
  });

  it("draws every symbol eleven modules wide between two quiet zones", () => {
    const { bars: drawn, width } = bars("2900123456789012");
    expect(width).toBe(10 * 11 + 13 + 2 * QUIET_MODULES);
    expect(drawn).toHaveLength(10 * 3 + 4);
    expect(drawn[0]).toEqual({ x: QUIET_MODULES, width: 2 });
    const last = drawn.at(-1);
    expect((last?.x ?? 0) + (last?.width ?? 0)).toBe(width - QUIET_MODULES);
  });

  it("says beforehand what it can carry", () => {
    expect(canBeDrawn("2900-1234")).toBe(true);
    expect(canBeDrawn("会員2900")).toBe(false);
    expect(canBeDrawn("")).toBe(false);
  });
});

describe("the width on screen", () => {
  it("gives each module a whole number of screen pixels", () => {
    expect(sharpWidth(326, 143, 3)).toBe((6 * 143) / 3);
    expect(sharpWidth(326, 143, 1)).toBe(2 * 143);
    expect(sharpWidth(326, 143, 2)).toBe((4 * 143) / 2);
  });

  it("takes the room there is when a module would be thinner than a pixel", () => {
    expect(sharpWidth(100, 143, 1)).toBe(100);
  });
});
