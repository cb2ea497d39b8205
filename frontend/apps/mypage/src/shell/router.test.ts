import { describe, expect, it } from "vitest";
import { readRoute, writeRoute, type Route } from "./router.ts";

describe("addresses", () => {
  const routes: Route[] = [
    { name: "home" },
    { name: "login" },
    { name: "card" },
    { name: "expiry" },
    { name: "menu" },
    { name: "receipt", id: "0192f0c4-7a5e" },
    { name: "why", id: "0192f0c4-12/3%" },
  ];

  it.each(routes)("reads back what it wrote: $name", (route) => {
    expect(readRoute(writeRoute(route))).toEqual(route);
  });

  it("leads home from an address nobody knows", () => {
    expect(readRoute("/my/nothing/here")).toEqual({ name: "home" });
    expect(readRoute("/my")).toEqual({ name: "home" });
    expect(readRoute("/my/receipts/")).toEqual({ name: "home" });
  });

  it("survives a broken escape", () => {
    expect(readRoute("/my/points/%E3%8")).toEqual({ name: "why", id: "%E3%8" });
  });
});
