import { describe, expect, it } from "vitest";
import { readSpans, writeSpans } from "./document.ts";

describe("opening hours as people type them", () => {
  it("come back as they were", () => {
    const spans = [
      { opens: 600, closes: 780 },
      { opens: 840, closes: 1440 },
    ];
    expect(writeSpans(spans)).toBe("10:00-13:00, 14:00-24:00");
    expect(readSpans(writeSpans(spans))).toEqual(spans);
  });

  it("are read in full width, and an empty day is closed", () => {
    expect(readSpans("１０：００〜１９：００")).toEqual([{ opens: 600, closes: 1140 }]);
    expect(readSpans(" ")).toEqual([]);
  });

  it("are refused when they make no sense", () => {
    for (const text of ["10-12", "12:00-10:00", "10:70-11:00", "10:00-25:00"]) expect(readSpans(text)).toBeNull();
  });
});
