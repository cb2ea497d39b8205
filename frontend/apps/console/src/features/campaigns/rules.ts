// What the form of a campaign works on: rules from nothing, and rules as they are sent.
import type { CampaignRules } from "@enishi/api/types.ts";

export type Effect = CampaignRules["effect"];
export type Conditions = CampaignRules["conditions"];
export type Goods = NonNullable<CampaignRules["goods"]>;

export const NO_CONDITIONS: Conditions = {
  weekdays: [],
  days_of_month: [],
  hours: [],
  stores: [],
  stores_except: [],
  channels: [],
  payment_methods: [],
  ranks: [],
  segments: [],
  segments_except: [],
  customer: null,
  away_days: null,
  visit: null,
  birthday_month: false,
  joined_within_days: null,
  weather: [],
  codes: [],
  from_yen: 0,
  measure: "eligible",
};

export const NO_GOODS: Goods = { skus: [], sku_prefixes: [], categories: [] };

export const BLANK: CampaignRules = {
  name_ja: "",
  name_en: "",
  note: "",
  starts_at: "",
  ends_at: "",
  trigger: "purchase",
  effect: { kind: "multiplier", times_percent: 200 },
  goods: null,
  conditions: NO_CONDITIONS,
  award: { kind: "regular", valid_days: null, valid_until: null, rounding: "floor" },
  stacking: { group: "", mode: "add", priority: 0, not_with: [] },
  ceilings: {
    receipt_points: null,
    member_points: null,
    member_times: null,
    member_period: "campaign",
    budget_points: null,
    store_budgets: {},
  },
  premium: {
    benefit: "own_discount",
    restricted_use: false,
    lowest_sale_yen: null,
    expected_sales_yen: null,
    highest_prize_yen: null,
    total_prizes_yen: null,
  },
  invented: false,
};

/** An effect of another kind, to begin with. */
export function effectOf(kind: Effect["kind"]): Effect {
  switch (kind) {
    case "multiplier":
      return { kind, times_percent: 200 };
    case "added":
      return { kind, points: 100 };
    case "per_piece":
      return { kind, points: 10, most_pieces: null };
    case "steps":
      return { kind, steps: [{ from_yen: 3_000, points: 100 }] };
  }
}

/** Whoever joins has bought nothing that a condition or a limit of receipts could look at. */
export function forJoining(rules: CampaignRules): CampaignRules {
  const { budget_points } = rules.ceilings;
  return {
    ...rules,
    trigger: "joining",
    effect: rules.effect.kind === "added" ? rules.effect : effectOf("added"),
    goods: null,
    conditions: NO_CONDITIONS,
    ceilings: { ...BLANK.ceilings, budget_points },
  };
}

/** Whether everything is there without which the server could not read the rules at all. */
export function isComplete(rules: CampaignRules): boolean {
  const named = rules.name_ja.trim() !== "" && rules.name_en.trim() !== "";
  const { effect } = rules;
  const gives =
    effect.kind === "steps"
      ? effect.steps.length > 0 && effect.steps.every((step) => step.from_yen >= 1 && step.points >= 1)
      : effect.kind === "multiplier"
        ? effect.times_percent >= 101
        : effect.points >= 1;
  const hours = rules.conditions.hours.every((one) => one.from_time !== "" && one.to_time !== "");
  return named && rules.starts_at !== "" && rules.ends_at !== "" && gives && hours;
}
