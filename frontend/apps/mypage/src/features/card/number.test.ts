import { expect, it } from "vitest";
import { groupDigits } from "./number.ts";

it.each([
  ["2900123456789012", "2900 1234 5678 9012"],
  ["2900000000018", "2900 0000 00018"],
  ["290000000001", "2900 0000 0001"],
  ["123456", "1234 56"],
  ["123", "123"],
  ["EN-0001-2345", "EN-0001-2345"],
])("reads %s as %s", (number, shown) => {
  expect(groupDigits(number)).toBe(shown);
});
