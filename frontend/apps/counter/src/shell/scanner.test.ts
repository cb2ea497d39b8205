import { expect, test } from "vitest";
import { createScanReader, LONGEST_CODE } from "./scanner.ts";

function type(text: string, gapMs: number, startMs = 0): string | null {
  const reader = createScanReader();
  let at = startMs;
  let result: string | null = null;
  for (const key of [...text, "Enter"]) {
    result = reader.take(key, at);
    at += gapMs;
  }
  return result;
}

test("a burst that ends in Enter is a scan", () => {
  expect(type("2400012345678", 8)).toBe("2400012345678");
});

test("the same keys at a person's pace are not", () => {
  expect(type("2400012345678", 120)).toBeNull();
});

test("a key or two that arrive late do not cut a scan short", () => {
  const reader = createScanReader();
  let at = 0;
  for (const [index, key] of [..."2400012345678"].entries()) reader.take(key, (at += index === 1 || index === 7 ? 220 : 8));
  expect(reader.take("Enter", at + 8)).toBe("2400012345678");
});

test("too few characters are not a card, and too many are noise", () => {
  expect(type("24000", 8)).toBeNull();
  expect(type("1".repeat(LONGEST_CODE + 1), 1)).toBeNull();
});

test("what was typed slowly before a scan is not part of it", () => {
  const reader = createScanReader();
  reader.take("9", 0);
  reader.take("9", 400);
  let at = 900;
  for (const key of "2400012345678") reader.take(key, (at += 5));
  expect(reader.take("Enter", at + 5)).toBe("2400012345678");
});

test("keys such as Shift do not break a scan, and one scan does not leak into the next", () => {
  const reader = createScanReader();
  let at = 0;
  for (const key of ["Shift", "A", "B", "1", "2", "3", "4"]) reader.take(key, (at += 4));
  expect(reader.take("Enter", at + 4)).toBe("AB1234");
  expect(reader.take("Enter", at + 8)).toBeNull();
});
