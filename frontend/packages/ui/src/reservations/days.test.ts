import type { Slot } from "@enishi/api/types.ts";
import { describe, expect, it } from "vitest";
import { addDays, minutesOf, newRequestId, opennessOf, reasonOf, weekOf } from "./days.ts";

const SLOT: Slot = {
  starts_at: "2026-12-01T01:00:00Z",
  time: "10:00",
  bookable: true,
  places: 1,
  mark: null,
  waitable: false,
  hindrances: [],
};

describe("days", () => {
  it("counts over the ends of months and years", () => {
    expect(addDays("2026-12-31", 1)).toBe("2027-01-01");
    expect(addDays("2028-03-01", -1)).toBe("2028-02-29");
  });

  it("begins a week on Monday", () => {
    expect(weekOf("2026-11-22")).toBe("2026-11-16");
    expect(weekOf("2026-11-23")).toBe("2026-11-23");
  });

  it("tells a free day from a taken and a closed one", () => {
    const taken = { ...SLOT, bookable: false, waitable: true };
    expect(opennessOf([taken, SLOT])).toBe("free");
    expect(opennessOf([taken])).toBe("taken");
    expect(opennessOf([{ ...taken, waitable: false }])).toBe("closed");
    expect(opennessOf([])).toBe("closed");
  });

  it("tells a day that is not open to this member yet from a closed one, and why", () => {
    const early = { rule: "horizon", reason: "12月1日(火)から予約できます。", tier: "gold", until: null } as const;
    const later = { ...SLOT, bookable: false, hindrances: [early] };
    expect(opennessOf([later])).toBe("later");
    expect(opennessOf([later, SLOT])).toBe("free");
    expect(reasonOf([SLOT, later], "horizon")).toBe(early.reason);
    expect(reasonOf([SLOT], "horizon")).toBeNull();
  });

  it("reads times and names requests", () => {
    expect(minutesOf("18:30")).toBe(1110);
    expect(newRequestId()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });
});
