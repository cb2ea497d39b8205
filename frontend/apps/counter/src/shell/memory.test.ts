import type { CounterCustomer } from "@enishi/api/types.ts";
import { expect, test } from "vitest";
import { createMemory } from "./memory.ts";

function customer(id: string): CounterCustomer {
  return { customer: { customer_id: id }, visits: [] } as unknown as CounterCustomer;
}

test("a customer is found again by any spelling of the number that found them", () => {
  const memory = createMemory();
  memory.keep(customer("a"), "070-0000-1234", 1000);
  expect(memory.find("０７０ ００００ １２３４").map(({ atMs }) => atMs)).toEqual([1000]);
  expect(memory.find("07000001235")).toEqual([]);
});

test("a refresh keeps the numbers and takes the newer answer", () => {
  const memory = createMemory();
  memory.keep(customer("a"), "2400012345678", 1000);
  memory.keep(customer("a"), null, 2000);
  expect(memory.find("2400012345678").map(({ atMs }) => atMs)).toEqual([2000]);
});

test("only the latest twenty stay, latest first", () => {
  const memory = createMemory();
  for (let n = 1; n <= 21; n += 1) memory.keep(customer(`c${n}`), `${n}`, n);
  expect(memory.get("c1")).toBeNull();
  expect(memory.recent().map(({ atMs }) => atMs)).toEqual(Array.from({ length: 20 }, (_, n) => 21 - n));
});

test("signing out forgets everybody", () => {
  const memory = createMemory();
  memory.keep(customer("a"), "123456", 1);
  memory.forget();
  expect(memory.recent()).toEqual([]);
});
