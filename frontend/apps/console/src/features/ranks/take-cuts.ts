// Proposed cuts, taken into what the tiers of a ladder ask for.
import { type AtLeast, type Criterion, isBracket, type Ladder, type Measure, newLeaf, newTier, type Window } from "./ladder.ts";

/** Whether a condition counts this measure over everything, so that a cut of all members is about it. */
function fits(one: Criterion, measure: Measure): one is AtLeast {
  return (
    one.kind === "at_least" &&
    one.measure === measure &&
    one.channels.length === 0 &&
    one.stores === "" &&
    one.categories.length === 0
  );
}

/** A criterion whose first fitting condition asks for the cut; null where no condition fits. */
function withCut(one: Criterion, measure: Measure, window: Window, value: number): Criterion | null {
  if (fits(one, measure)) return { ...one, value, window };
  if (!isBracket(one)) return null;
  for (const [index, part] of one.of.entries()) {
    const changed = withCut(part, measure, window, value);
    if (changed !== null) return { ...one, of: one.of.map((old, at) => (at === index ? changed : old)) };
  }
  return null;
}

/**
 * The ladder with cuts, the lowest first: each tier above the lowest asks for one. Other conditions of a tier stay; one
 * that counted nothing of the kind asks for the cut alone. Tiers that are missing are made; those beyond the cuts stay.
 */
export function takeCuts(ladder: Ladder, measure: Measure, window: Window, cuts: readonly number[]): Ladder {
  const tiers = [...ladder.tiers];
  while (tiers.length < cuts.length + 1) tiers.push(newTier(tiers));
  return {
    ...ladder,
    tiers: tiers.map((tier, level) => {
      const value = level === 0 ? undefined : cuts[level - 1];
      if (value === undefined) return tier;
      const asked = { ...newLeaf(window), measure, value };
      const { criteria } = tier;
      return { ...tier, criteria: criteria === null ? asked : (withCut(criteria, measure, window, value) ?? asked) };
    }),
  };
}

/** Shares to begin with, the highest tier first: for three tiers 5, 20 and 50 per cent. */
export function firstShares(tiers: number): number[] {
  const known: Record<number, number[]> = { 1: [20], 2: [10, 40], 3: [5, 20, 50], 4: [3, 10, 25, 50], 5: [1, 5, 15, 30, 60] };
  return known[tiers] ?? Array.from({ length: tiers }, (_, index) => Math.max(index + 1, Math.round(((index + 1) / (tiers + 1)) * 90)));
}
