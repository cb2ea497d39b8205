// What can be seen to be wrong with a ladder while it is typed: what is still empty, or outside its limits. Everything
// that needs the rules themselves is said by the server, whose checks these only come before.
import type { Criterion, Keep, Ladder, LadderProblem, Reward, Schedule, TierRule, Window } from "./ladder.ts";

const CODE = /^[a-z0-9][a-z0-9_-]{0,39}$/;
const COLOUR = /^#[0-9A-Fa-f]{6}$/;
const DAY = /^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/;
export const MAX_VALUE = 1_000_000_000_000;
export const MAX_TIERS = 20;
export const MAX_REWARDS = 10;

type Code = "empty" | "code" | "colour" | "range" | "day" | "noTiers";

function* between(field: string, value: number, least: number, most: number): Generator<[string, Code]> {
  if (value === 0 && least > 0) yield [field, "empty"];
  else if (value < least || value > most) yield [field, "range"];
}

function* filled(field: string, value: string): Generator<[string, Code]> {
  if (value.trim() === "") yield [field, "empty"];
}

function* coded(field: string, value: string): Generator<[string, Code]> {
  if (value === "") yield [field, "empty"];
  else if (!CODE.test(value)) yield [field, "code"];
}

/** Everything that is empty or outside its limits; the texts are the page's own, by `code`. */
export function checkLadder(ladder: Ladder): LadderProblem[] {
  return [...look(ladder)].map(([field, code]) => ({ field, code, detail: "", remedy: "" }));
}

function* look(ladder: Ladder): Generator<[string, Code]> {
  yield* filled("name", ladder.name);
  if (ladder.tiers.length === 0) yield ["tiers", "noTiers"];
  for (const [level, tier] of ladder.tiers.entries()) yield* lookAtTier(`tiers[${level}]`, tier);
  const { policies } = ladder;
  yield* lookAtSchedule(policies.schedule);
  yield* lookAtKeep(policies.keep);
  yield* between("policies.grace_days", policies.grace_days, 0, 366);
  yield* between("policies.notice_days", policies.notice_days, 0, 180);
}

function* lookAtTier(field: string, tier: TierRule): Generator<[string, Code]> {
  yield* coded(`${field}.code`, tier.code);
  yield* filled(`${field}.name_ja`, tier.name_ja);
  yield* filled(`${field}.name_en`, tier.name_en);
  if (!COLOUR.test(tier.colour)) yield [`${field}.colour`, "colour"];
  if (tier.criteria !== null) yield* lookAtCriterion(`${field}.criteria`, tier.criteria);
  for (const [index, reward] of tier.rewards.entries()) yield* lookAtReward(`${field}.rewards[${index}]`, reward);
}

function* lookAtCriterion(field: string, one: Criterion): Generator<[string, Code]> {
  switch (one.kind) {
    case "all":
    case "any":
      if (one.of.length === 0) yield [field, "empty"];
      for (const [index, part] of one.of.entries()) yield* lookAtCriterion(`${field}.of[${index}]`, part);
      return;
    case "joined_for":
      yield* between(`${field}.days`, one.days, 1, 36_600);
      return;
    case "holds":
      return;
    case "at_least":
      yield* between(`${field}.value`, one.value, 1, MAX_VALUE);
      yield* lookAtWindow(`${field}.window`, one.window);
  }
}

function* lookAtWindow(field: string, window: Window): Generator<[string, Code]> {
  if (window.kind === "months") yield* between(`${field}.months`, window.months, 1, 120);
  if (window.kind === "days") yield* between(`${field}.days`, window.days, 1, 3_660);
  if (window.kind === "calendar") yield* between(`${field}.start_month`, window.start_month, 1, 12);
}

function* lookAtReward(field: string, reward: Reward): Generator<[string, Code]> {
  yield* coded(`${field}.code`, reward.code);
  switch (reward.kind) {
    case "points":
      yield* between(`${field}.points`, reward.points, 1, 1_000_000);
      if (reward.valid_days !== null) yield* between(`${field}.valid_days`, reward.valid_days, 1, 3_660);
      return;
    case "coupon":
      return yield* filled(`${field}.coupon`, reward.coupon);
    case "message":
      return yield* filled(`${field}.template`, reward.template);
    case "benefit":
      return yield* filled(`${field}.benefit`, reward.benefit);
  }
}

function* lookAtSchedule(schedule: Schedule): Generator<[string, Code]> {
  if (schedule.kind === "monthly") return yield* between("policies.schedule.day", schedule.day, 1, 28);
  if (schedule.dates.length === 0) yield ["policies.schedule.dates", "empty"];
  for (const [index, day] of schedule.dates.entries()) {
    if (!DAY.test(day)) yield [`policies.schedule.dates[${index}]`, "day"];
  }
}

function* lookAtKeep(keep: Keep): Generator<[string, Code]> {
  switch (keep.kind) {
    case "evaluations":
      return yield* between("policies.keep.evaluations", keep.evaluations, 1, 60);
    case "months":
      return yield* between("policies.keep.months", keep.months, 1, 120);
    case "years":
      yield* between("policies.keep.years", keep.years, 0, 10);
      yield* between("policies.keep.start_month", keep.start_month, 1, 12);
  }
}
