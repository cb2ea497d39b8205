import { expect, test } from "vitest";
import { digitsOf, emptyGoods, goodsToSend } from "./by-hand.ts";

test("a price is its digits, from whichever keyboard", () => {
  expect(digitsOf("１，２００円")).toBe("1200");
  expect(digitsOf("007")).toBe("7");
  expect(digitsOf("0")).toBe("0");
  expect(digitsOf("123456789")).toBe("1234567");
});

test("nothing is sent before every row has a price", () => {
  expect(goodsToSend([], "商品")).toBeNull();
  expect(goodsToSend([{ ...emptyGoods(1), price: "100" }, emptyGoods(2)], "商品")).toBeNull();
});

test("goods without a name get one", () => {
  const rows = [{ ...emptyGoods(1), price: "100", quantity: 3 }, { ...emptyGoods(2), price: "50", name: " 茶 ", rate: 8 as const }];
  expect(goodsToSend(rows, "商品")).toEqual([
    { name: "商品", quantity: 3, unit_price_yen: 100, tax_rate_percent: 10 },
    { name: "茶", quantity: 1, unit_price_yen: 50, tax_rate_percent: 8 },
  ]);
});
