import { expect, it } from "vitest";
import { readCode } from "./code.ts";

it.each([
  ["123456", "123456"],
  ["123 456", "123456"],
  ["１２３４５６", "123456"],
  ["123-45", "12345"],
  ["1234567", "123456"],
  ["", ""],
  ["abc", ""],
  ["【Enishi】確認コード：482913（10分間有効）", "482913"],
])("reads %j as %j", (typed, code) => {
  expect(readCode(typed)).toBe(code);
});
