import { expect, it } from "vitest";
import { gatherLots } from "./lots.ts";

it("adds up lots of one kind and day, soonest first, limited before regular on the same day", () => {
  expect(
    gatherLots([
      { kind: "regular", points: 30, expires_on: "2027-11-30" },
      { kind: "regular", points: 100, expires_on: "2026-12-31" },
      { kind: "limited", points: 50, expires_on: "2026-12-31" },
      { kind: "regular", points: 20, expires_on: "2026-12-31" },
    ]),
  ).toEqual([
    { kind: "limited", points: 50, expires_on: "2026-12-31" },
    { kind: "regular", points: 120, expires_on: "2026-12-31" },
    { kind: "regular", points: 30, expires_on: "2027-11-30" },
  ]);
});
