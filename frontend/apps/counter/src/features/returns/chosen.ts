// What of a receipt is to come back: pieces by line, lines counted from 1, none of them zero.
import type { PurchaseLine } from "@enishi/api/types.ts";

export type Chosen = ReadonlyMap<number, number>;

export const NOTHING: Chosen = new Map();

/** How many pieces of a line can still come back. */
export function leftOf(line: PurchaseLine): number {
  return line.pieces - line.returned;
}

/** `chosen` with so many pieces of a line, within what is left of it. */
export function choose(chosen: Chosen, number: number, pieces: number, line: PurchaseLine): Chosen {
  const next = new Map(chosen);
  const within = Math.min(Math.max(0, pieces), leftOf(line));
  if (within === 0) next.delete(number);
  else next.set(number, within);
  return new Map([...next].toSorted(([a], [b]) => a - b));
}

/** Everything that is left. */
export function chooseAll(lines: readonly PurchaseLine[]): Chosen {
  return new Map(lines.map((line, index) => [index + 1, leftOf(line)] as const).filter(([, pieces]) => pieces > 0));
}

/** A name for one request, as a UUID. `crypto.randomUUID` is missing where the page is not served over TLS. */
export function newRequestId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
