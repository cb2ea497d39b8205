// A ladder goes from the server's document into the form and back without losing or changing anything.
import { describe, expect, it } from "vitest";
import { checkLadder } from "./ladder-checks.ts";
import {
  type Bracket,
  joinWith,
  type Ladder,
  ladderFrom,
  leavesOf,
  moved,
  newLeaf,
  newTier,
  renameGroup,
  without,
} from "./ladder.ts";

/** As the server sends it: whatever a kind has no use for is null. */
const NULLS = { of: null, measure: null, value: null, window: null, channels: null, stores: null, categories: null, days: null, fact: null };
const WINDOW_NULLS = { months: null, days: null, period: null, start_month: null };
const SENT = {
  name: "会員ランク",
  tiers: [
    { code: "member", name_ja: "一般", name_en: "Member", colour: "#8A9099", criteria: null, permanent: false, rewards: [] },
    {
      code: "gold",
      name_ja: "ゴールド",
      name_en: "Gold",
      colour: "#B8860B",
      criteria: {
        ...NULLS,
        kind: "any",
        of: [
          {
            ...NULLS,
            kind: "at_least",
            measure: "amount_with_tax",
            value: 100_000,
            window: { ...WINDOW_NULLS, kind: "calendar", period: "year", start_month: 4 },
            channels: ["ec"],
            stores: "kanto",
            categories: ["酒"],
          },
          {
            ...NULLS,
            kind: "all",
            of: [
              { ...NULLS, kind: "joined_for", days: 365 },
              { ...NULLS, kind: "holds", fact: "card" },
            ],
          },
        ],
      },
      permanent: true,
      rewards: [
        { kind: "points", code: "rise", points: 500, limited: true, valid_days: 90, coupon: null, template: null, benefit: null, each_time: false },
        { kind: "message", code: "hello", points: null, limited: null, valid_days: null, coupon: null, template: "rank-gold", benefit: null, each_time: true },
      ],
    },
  ],
  policies: {
    upgrade: "evaluation",
    schedule: { kind: "dates", day: null, dates: ["04-01", "10-01"] },
    keep: { kind: "years", evaluations: null, months: null, years: 1, start_month: 4 },
    grace_days: 14,
    downgrade: "one_step",
    notice_days: 30,
    on_return: "immediate",
    priced_by: "rank_after",
  },
  store_groups: { kanto: ["SHIBUYA", "OMIYA"] },
};

const READ: Ladder = {
  name: "会員ランク",
  tiers: [
    { code: "member", name_ja: "一般", name_en: "Member", colour: "#8A9099", criteria: null, permanent: false, rewards: [] },
    {
      code: "gold",
      name_ja: "ゴールド",
      name_en: "Gold",
      colour: "#B8860B",
      criteria: {
        kind: "any",
        of: [
          {
            kind: "at_least",
            measure: "amount_with_tax",
            value: 100_000,
            window: { kind: "calendar", period: "year", start_month: 4 },
            channels: ["ec"],
            stores: "kanto",
            categories: ["酒"],
          },
          { kind: "all", of: [{ kind: "joined_for", days: 365 }, { kind: "holds", fact: "card" }] },
        ],
      },
      permanent: true,
      rewards: [
        { kind: "points", code: "rise", points: 500, limited: true, valid_days: 90, each_time: false },
        { kind: "message", code: "hello", template: "rank-gold", each_time: true },
      ],
    },
  ],
  policies: {
    upgrade: "evaluation",
    schedule: { kind: "dates", dates: ["04-01", "10-01"] },
    keep: { kind: "years", years: 1, start_month: 4 },
    grace_days: 14,
    downgrade: "one_step",
    notice_days: 30,
    on_return: "immediate",
    priced_by: "rank_after",
  },
  store_groups: { kanto: ["SHIBUYA", "OMIYA"] },
};

describe("the document", () => {
  it("is read without what a kind has no use for, and reading it again changes nothing", () => {
    expect(ladderFrom(SENT)).toEqual(READ);
    expect(ladderFrom(READ)).toEqual(READ);
    expect(checkLadder(READ)).toEqual([]);
  });

  it("takes what a file leaves out as the server does", () => {
    const { policies, store_groups, tiers } = ladderFrom({
      name: "x",
      tiers: [{ code: "a", criteria: { kind: "at_least", measure: "visits", value: 3, window: { kind: "lifetime" } }, rewards: [{ kind: "message", code: "m", template: "t" }] }],
    });
    expect(store_groups).toEqual({});
    expect(policies).toMatchObject({ upgrade: "immediate", schedule: { kind: "monthly", day: 1 }, keep: { kind: "evaluations", evaluations: 1 } });
    expect(tiers[0]?.criteria).toMatchObject({ channels: [], stores: "", categories: [] });
    expect(tiers[0]?.rewards[0]?.each_time).toBe(true);
  });
});

describe("criteria", () => {
  const [one, two, three] = [newLeaf(), { kind: "joined_for", days: 30 } as const, { kind: "holds", fact: "card" } as const];

  it("are joined flat by the same word, and bracketed by the other", () => {
    const both = joinWith(one, "all", two);
    expect(joinWith(both, "all", three)).toEqual({ kind: "all", of: [one, two, three] });
    expect(joinWith(both, "any", three)).toEqual({ kind: "any", of: [both, three] });
    expect(leavesOf(joinWith(both, "any", three))).toEqual([one, two, three]);
  });

  it("lose their bracket with the last but one part, and themselves with the last", () => {
    const both: Bracket = { kind: "any", of: [one, two] };
    expect(without({ kind: "any", of: [one, two, three] }, 1)).toEqual({ kind: "any", of: [one, three] });
    expect(without(both, 0)).toEqual(two);
    expect(without({ kind: "any", of: [one] }, 0)).toBeNull();
  });

  it("follow a group of stores to its new name", () => {
    const renamed = renameGroup(READ, "kanto", "関東");
    expect(renamed.store_groups).toEqual({ 関東: ["SHIBUYA", "OMIYA"] });
    expect(leavesOf(renamed.tiers[1]?.criteria ?? null)[0]).toMatchObject({ stores: "関東" });
  });
});

describe("tiers", () => {
  it("begin above the others with the window of the one below, and say what is still empty", () => {
    const added = newTier(READ.tiers);
    expect(added).toMatchObject({ code: "tier-3", criteria: { window: { kind: "calendar", period: "year", start_month: 4 } } });
    expect(checkLadder({ ...READ, tiers: [...READ.tiers, added] }).map(({ field, code }) => `${field} ${code}`)).toEqual([
      "tiers[2].name_ja empty",
      "tiers[2].name_en empty",
      "tiers[2].criteria.value empty",
    ]);
  });

  it("move one place and not beyond the ends", () => {
    expect(moved(["a", "b", "c"], 2, -1)).toEqual(["a", "c", "b"]);
    expect(moved(["a", "b", "c"], 0, -1)).toEqual(["a", "b", "c"]);
    expect(moved(["a", "b", "c"], 2, 1)).toEqual(["a", "b", "c"]);
  });
});

describe("checks", () => {
  it("name the field of what is outside its limits", () => {
    const bad = ladderFrom({
      ...SENT,
      name: " ",
      policies: { ...SENT.policies, grace_days: 400, schedule: { kind: "dates", dates: ["13-01"] }, keep: { kind: "months", months: 0 } },
    });
    expect(checkLadder(bad).map(({ field, code }) => `${field} ${code}`)).toEqual([
      "name empty",
      "policies.schedule.dates[0] day",
      "policies.keep.months empty",
      "policies.grace_days range",
    ]);
  });
});
