// Totals over months of issue. Each column adds up on its own, so opening plus movements stays closing.
import type { BooksCohort } from "@enishi/api/types.ts";

export type Unit = "yen" | "points";

export interface TableRow {
  opening: number;
  issued: number;
  returned: number;
  used: number;
  expired: number;
  /** Yen only: the effect of a new estimate. */
  remeasured: number;
  /** Points only: taken or kept by hand. */
  adjusted: number;
  closing: number;
}

export type Column = keyof TableRow;

export const COLUMNS: Record<Unit, Column[]> = {
  yen: ["opening", "issued", "returned", "used", "expired", "remeasured", "closing"],
  points: ["opening", "issued", "returned", "used", "expired", "adjusted", "closing"],
};

const NOTHING: TableRow = {
  opening: 0,
  issued: 0,
  returned: 0,
  used: 0,
  expired: 0,
  remeasured: 0,
  adjusted: 0,
  closing: 0,
};

/** A month of issue as a row, every number signed as it changes what is owed. */
export function rowOf(line: BooksCohort, unit: Unit): TableRow {
  if (unit === "yen") return { ...line.yen, adjusted: 0 };
  const { moved } = line;
  return {
    opening: line.opening_points,
    issued: moved.issued,
    returned: -moved.returned,
    used: -moved.used,
    expired: -moved.expired,
    remeasured: 0,
    adjusted: -moved.adjusted,
    closing: line.closing_points,
  };
}

export function totalOf(rows: TableRow[]): TableRow {
  const total = { ...NOTHING };
  for (const row of rows) for (const column of Object.keys(total) as Column[]) total[column] += row[column];
  return total;
}

/** Points issued and used that happened before this month and arrived after their own was closed. */
export function lateOf(lines: BooksCohort[]): { issued: number; used: number } {
  return {
    issued: lines.reduce((sum, line) => sum + line.late.issued, 0),
    used: lines.reduce((sum, line) => sum + line.late.used, 0),
  };
}
