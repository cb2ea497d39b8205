// The document of a ladder: its types, reading one from whatever holds it, what each part begins with, and the changes
// that the form makes to criteria. Nothing here draws anything.

export const MEASURES = ["amount_with_tax", "amount_without_tax", "visits", "purchases", "points_earned"] as const;
export type Measure = (typeof MEASURES)[number];
export const PERIODS = ["month", "quarter", "half", "year"] as const;
export type Period = (typeof PERIODS)[number];
export const CHANNELS = ["pos", "ec", "app", "line"] as const;
export type ChannelCode = (typeof CHANNELS)[number];
export const FACTS = ["card", "app_id", "line_user_id", "shop_customer_id", "phone", "email"] as const;
export type Fact = (typeof FACTS)[number];

export type Window =
  | { kind: "months"; months: number }
  | { kind: "days"; days: number }
  | { kind: "calendar"; period: Period; start_month: number }
  | { kind: "join_year" }
  | { kind: "lifetime" };

export interface AtLeast {
  kind: "at_least";
  measure: Measure;
  value: number;
  window: Window;
  channels: ChannelCode[];
  /** The name of a group of stores of the ladder; empty for all stores. */
  stores: string;
  categories: string[];
}
export interface Bracket {
  kind: "all" | "any";
  of: Criterion[];
}
export type Leaf = AtLeast | { kind: "joined_for"; days: number } | { kind: "holds"; fact: Fact };
export type Criterion = Leaf | Bracket;

export const REWARD_KINDS = ["points", "coupon", "message", "benefit"] as const;
export type RewardKind = (typeof REWARD_KINDS)[number];
export type Reward = { code: string; each_time: boolean } & (
  | { kind: "points"; points: number; limited: boolean; valid_days: number | null }
  | { kind: "coupon"; coupon: string }
  | { kind: "message"; template: string }
  | { kind: "benefit"; benefit: string }
);

export interface TierRule {
  code: string;
  name_ja: string;
  name_en: string;
  colour: string;
  criteria: Criterion | null;
  permanent: boolean;
  rewards: Reward[];
}

export type Schedule = { kind: "monthly"; day: number } | { kind: "dates"; dates: string[] };
export type Keep =
  | { kind: "evaluations"; evaluations: number }
  | { kind: "months"; months: number }
  | { kind: "years"; years: number; start_month: number };

export interface Policies {
  upgrade: "immediate" | "evaluation";
  schedule: Schedule;
  keep: Keep;
  grace_days: number;
  downgrade: "to_qualified" | "one_step";
  notice_days: number;
  on_return: "next_evaluation" | "immediate";
  priced_by: "rank_before" | "rank_after";
}

/** Tiers lowest first, as the server publishes them. */
export interface Ladder {
  name: string;
  tiers: TierRule[];
  policies: Policies;
  store_groups: Record<string, string[]>;
}

/** What is wrong at a field; `code` names the kind of problem where it is known, for words in the page's language. */
export interface LadderProblem {
  field: string;
  detail: string;
  remedy: string;
  code?: string;
}

type Fields = Record<string, unknown>;

function fieldsOf(value: unknown): Fields {
  return value !== null && typeof value === "object" && !Array.isArray(value) ? (value as Fields) : {};
}
function list<T>(value: unknown, read: (one: unknown) => T): T[] {
  return Array.isArray(value) ? value.map(read) : [];
}
function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
function whole(value: unknown, otherwise: number): number {
  return typeof value === "number" && Number.isInteger(value) ? value : otherwise;
}
function oneOf<T extends string>(choices: readonly T[], value: unknown, otherwise: T): T {
  return choices.find((one) => one === value) ?? otherwise;
}

/** A ladder from a document of the server or of a file: what it leaves out is as the server would take it. */
export function ladderFrom(document: unknown): Ladder {
  const { name, tiers, policies, store_groups } = fieldsOf(document);
  return {
    name: text(name),
    tiers: list(tiers, tierFrom),
    policies: policiesFrom(fieldsOf(policies)),
    store_groups: Object.fromEntries(
      Object.entries(fieldsOf(store_groups)).map(([group, stores]) => [group, list(stores, text)]),
    ),
  };
}

function tierFrom(document: unknown): TierRule {
  const tier = fieldsOf(document);
  return {
    code: text(tier["code"]),
    name_ja: text(tier["name_ja"]),
    name_en: text(tier["name_en"]),
    colour: text(tier["colour"]),
    criteria: tier["criteria"] == null ? null : criterionFrom(tier["criteria"]),
    permanent: tier["permanent"] === true,
    rewards: list(tier["rewards"], rewardFrom),
  };
}

function criterionFrom(document: unknown): Criterion {
  const one = fieldsOf(document);
  switch (one["kind"]) {
    case "all":
    case "any":
      return { kind: one["kind"], of: list(one["of"], criterionFrom) };
    case "joined_for":
      return { kind: "joined_for", days: whole(one["days"], 0) };
    case "holds":
      return { kind: "holds", fact: oneOf(FACTS, one["fact"], "card") };
    default:
      return {
        kind: "at_least",
        measure: oneOf(MEASURES, one["measure"], "amount_with_tax"),
        value: whole(one["value"], 0),
        window: windowFrom(fieldsOf(one["window"])),
        channels: CHANNELS.filter((channel) => list(one["channels"], text).includes(channel)),
        stores: text(one["stores"]),
        categories: list(one["categories"], text),
      };
  }
}

function windowFrom(window: Fields): Window {
  switch (window["kind"]) {
    case "months":
      return { kind: "months", months: whole(window["months"], 0) };
    case "days":
      return { kind: "days", days: whole(window["days"], 0) };
    case "calendar":
      return {
        kind: "calendar",
        period: oneOf(PERIODS, window["period"], "year"),
        start_month: whole(window["start_month"], 1),
      };
    case "join_year":
      return { kind: "join_year" };
    default:
      return { kind: "lifetime" };
  }
}

function rewardFrom(document: unknown): Reward {
  const one = fieldsOf(document);
  const code = text(one["code"]);
  switch (one["kind"]) {
    case "coupon":
      return { kind: "coupon", code, coupon: text(one["coupon"]), each_time: one["each_time"] === true };
    case "message":
      return { kind: "message", code, template: text(one["template"]), each_time: one["each_time"] !== false };
    case "benefit":
      return { kind: "benefit", code, benefit: text(one["benefit"]), each_time: one["each_time"] === true };
    default:
      return {
        kind: "points",
        code,
        points: whole(one["points"], 0),
        limited: one["limited"] === true,
        valid_days: one["valid_days"] == null ? null : whole(one["valid_days"], 0),
        each_time: one["each_time"] === true,
      };
  }
}

function policiesFrom(policies: Fields): Policies {
  return {
    upgrade: oneOf(["immediate", "evaluation"], policies["upgrade"], "immediate"),
    schedule: scheduleFrom(fieldsOf(policies["schedule"])),
    keep: keepFrom(fieldsOf(policies["keep"])),
    grace_days: whole(policies["grace_days"], 0),
    downgrade: oneOf(["to_qualified", "one_step"], policies["downgrade"], "to_qualified"),
    notice_days: whole(policies["notice_days"], 0),
    on_return: oneOf(["next_evaluation", "immediate"], policies["on_return"], "next_evaluation"),
    priced_by: oneOf(["rank_before", "rank_after"], policies["priced_by"], "rank_before"),
  };
}

function scheduleFrom(schedule: Fields): Schedule {
  if (schedule["kind"] === "dates") return { kind: "dates", dates: list(schedule["dates"], text) };
  return { kind: "monthly", day: whole(schedule["day"], 1) };
}

function keepFrom(keep: Fields): Keep {
  if (keep["kind"] === "months") return { kind: "months", months: whole(keep["months"], 0) };
  if (keep["kind"] === "years") {
    return { kind: "years", years: whole(keep["years"], 1), start_month: whole(keep["start_month"], 1) };
  }
  return { kind: "evaluations", evaluations: whole(keep["evaluations"], 1) };
}

export const HALF_YEAR: Window = { kind: "months", months: 6 };

/** What a new condition begins with; a threshold that nobody has chosen yet is 0, which shows as empty. */
export function newLeaf(window: Window = HALF_YEAR): AtLeast {
  return { kind: "at_least", measure: "amount_with_tax", value: 0, window, channels: [], stores: "", categories: [] };
}

export function isBracket(one: Criterion): one is Bracket {
  return one.kind === "all" || one.kind === "any";
}

/** The conditions of a criterion in the order in which they are read. */
export function leavesOf(one: Criterion | null): Leaf[] {
  if (one === null) return [];
  return isBracket(one) ? one.of.flatMap(leavesOf) : [one];
}

/** The window of the first condition that has one: what is added next is most likely about the same time. */
export function windowIn(one: Criterion | null): Window {
  return leavesOf(one).find((leaf): leaf is AtLeast => leaf.kind === "at_least")?.window ?? HALF_YEAR;
}

/** A condition more beside a criterion, joined by "and" or "or". */
export function joinWith(one: Criterion, kind: Bracket["kind"], added: Criterion): Bracket {
  return isBracket(one) && one.kind === kind ? { kind, of: [...one.of, added] } : { kind, of: [one, added] };
}

/** A bracket without one of its parts: of two the other stays, of one nothing. */
export function without(bracket: Bracket, index: number): Criterion | null {
  const rest = bracket.of.filter((_, at) => at !== index);
  const [only] = rest;
  return rest.length === 1 && only !== undefined ? only : rest.length === 0 ? null : { ...bracket, of: rest };
}

/** A list in which one thing has gone one place up (-1) or down (1). */
export function moved<T>(rows: readonly T[], from: number, by: -1 | 1): T[] {
  const next = [...rows];
  const [row] = next.splice(from, 1);
  if (row !== undefined) next.splice(Math.max(0, from + by), 0, row);
  return next;
}

export function put<T>(rows: readonly T[], at: number, row: T): T[] {
  return rows.map((old, index) => (index === at ? row : old));
}

const COLOURS = ["#8A9099", "#7C8A99", "#B8860B", "#5B6FA8", "#1B4170", "#23774A", "#9A6414", "#C8402F", "#7A6BB0"];
export const TIER_COLOURS: readonly string[] = COLOURS;

/** A code that nothing of the same kind has yet. */
export function freeCode(stem: string, taken: readonly string[]): string {
  for (let number = taken.length + 1; ; number += 1) {
    const code = `${stem}-${number}`;
    if (!taken.includes(code)) return code;
  }
}

/** A tier above all others; the first is everybody's and asks for nothing. */
export function newTier(tiers: readonly TierRule[]): TierRule {
  const code = freeCode(
    "tier",
    tiers.map((tier) => tier.code),
  );
  return {
    code,
    name_ja: "",
    name_en: "",
    colour: COLOURS[tiers.length % COLOURS.length] ?? "#8A9099",
    criteria: tiers.length === 0 ? null : newLeaf(windowIn(tiers.at(-1)?.criteria ?? null)),
    permanent: false,
    rewards: [],
  };
}

export function newReward(kind: RewardKind, code: string): Reward {
  switch (kind) {
    case "points":
      return { kind, code, points: 0, limited: false, valid_days: null, each_time: false };
    case "coupon":
      return { kind, code, coupon: "", each_time: false };
    case "message":
      return { kind, code, template: "", each_time: true };
    case "benefit":
      return { kind, code, benefit: "", each_time: false };
  }
}

/** A criterion in which a group of stores goes by another name. */
export function renameStores(one: Criterion, from: string, to: string): Criterion {
  if (isBracket(one)) return { ...one, of: one.of.map((part) => renameStores(part, from, to)) };
  return one.kind === "at_least" && one.stores === from ? { ...one, stores: to } : one;
}

/** A ladder in which a group of stores goes by another name, in its place and wherever it is named. */
export function renameGroup(ladder: Ladder, from: string, to: string): Ladder {
  return {
    ...ladder,
    store_groups: Object.fromEntries(
      Object.entries(ladder.store_groups).map(([name, stores]) => [name === from ? to : name, stores]),
    ),
    tiers: ladder.tiers.map((tier) => ({
      ...tier,
      criteria: tier.criteria === null ? null : renameStores(tier.criteria, from, to),
    })),
  };
}
