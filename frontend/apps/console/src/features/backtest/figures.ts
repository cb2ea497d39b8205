// What the report works out of a result for its charts and tables. Nothing here rounds points or yen.
import type { BacktestResult, BacktestMove, BacktestRow, BacktestTier } from "@enishi/api/types.ts";

/** `+12,340`, `−500` with a true minus, `±0`. */
export function signed(value: number, format: (value: number) => string): string {
  if (value === 0) return `±${format(0)}`;
  return value > 0 ? `+${format(value)}` : `−${format(-value)}`;
}

/** The largest differences first; of equal ones, by name. */
export function byDifference(rows: readonly BacktestRow[]): BacktestRow[] {
  return [...rows].sort(
    (one, other) =>
      Math.abs(other.difference_points) - Math.abs(one.difference_points) || one.name.localeCompare(other.name),
  );
}

/** The largest of some values, and 1 where all are 0, so that shares of it can be taken. */
export function highest(values: readonly number[]): number {
  return Math.max(0, ...values) || 1;
}

export interface Cell {
  today: BacktestTier;
  tried: BacktestTier;
  members: number;
  goes: -1 | 0 | 1;
  some: BacktestMove["some"];
}

/** Who goes from each rank of today to each of the draft, the highest rank first; empty cells among them. */
export function flowOf(result: BacktestResult): Cell[][] {
  const moves = new Map(result.moves.map((move) => [`${move.today}\n${move.tried}`, move]));
  const from = [...result.tiers_today].reverse();
  const to = [...result.tiers_tried].reverse();
  return from.map((today) =>
    to.map((tried) => {
      const move = moves.get(`${today.code}\n${tried.code}`);
      const goes = Math.sign(tried.level - today.level) as -1 | 0 | 1;
      return { today, tried, members: move?.members ?? 0, goes: move?.goes ?? goes, some: move?.some ?? [] };
    }),
  );
}

export interface TierPair {
  code: string;
  name: string;
  colour: string;
  today: number | null;
  tried: number | null;
}

/** Members by rank, the highest first, by both ladders; null where a ladder does not have the rank. */
export function tierPairs(result: BacktestResult): TierPair[] {
  const today = new Map(result.tiers_today.map((tier) => [tier.code, tier]));
  const tried = new Map(result.tiers_tried.map((tier) => [tier.code, tier]));
  const gone = result.tiers_today.filter((tier) => !tried.has(tier.code));
  return [...result.tiers_tried, ...gone]
    .sort((one, other) => other.level - one.level)
    .map(({ code, name, colour }) => ({
      code,
      name,
      colour,
      today: today.get(code)?.members ?? null,
      tried: tried.get(code)?.members ?? null,
    }));
}
