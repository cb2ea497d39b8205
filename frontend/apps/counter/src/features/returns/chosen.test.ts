import type { PurchaseLine } from "@enishi/api/types.ts";
import { expect, test } from "vitest";
import { choose, chooseAll, leftOf, newRequestId, NOTHING } from "./chosen.ts";

function line(pieces: number, returned = 0): PurchaseLine {
  return {
    sku: "A",
    category: "",
    quantity: pieces,
    unit_price_yen: 100,
    tax_rate_percent: 10,
    discount_yen: 0,
    net_yen: 100 * pieces,
    pieces,
    returned,
  };
}

test("no more can be chosen than is left, and no less than none", () => {
  expect(leftOf(line(3, 1))).toBe(2);
  expect([...choose(NOTHING, 1, 5, line(3, 1))]).toEqual([[1, 2]]);
  expect([...choose(new Map([[1, 2]]), 1, -1, line(3))]).toEqual([]);
});

test("lines stand in the order of the receipt, whichever was touched first", () => {
  expect([...choose(new Map([[2, 1]]), 1, 1, line(1))]).toEqual([
    [1, 1],
    [2, 1],
  ]);
});

test("everything is what has not come back yet", () => {
  expect([...chooseAll([line(3, 1), line(1, 1), line(2)])]).toEqual([
    [1, 2],
    [3, 2],
  ]);
});

test("a request's name is a UUID, and no two are the same", () => {
  const names = new Set(Array.from({ length: 50 }, newRequestId));
  expect(names.size).toBe(50);
  for (const name of names) expect(name).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
});
