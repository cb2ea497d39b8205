import type { Lot } from "@enishi/api/types.ts";

/** Lots of one kind and day read as one line: the member asks how much expires when, not how it came together. */
export function gatherLots(lots: readonly Lot[]): Lot[] {
  const gathered = new Map<string, Lot>();
  for (const lot of lots) {
    const key = `${lot.expires_on} ${lot.kind}`;
    gathered.set(key, { ...lot, points: (gathered.get(key)?.points ?? 0) + lot.points });
  }
  return [...gathered.values()].sort(
    (a, b) => a.expires_on.localeCompare(b.expires_on) || a.kind.localeCompare(b.kind),
  );
}
