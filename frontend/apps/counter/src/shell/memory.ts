// What this device looked up lately, for the minutes without a network. It lives in the page's memory only: closing the
// page or signing out forgets it, and nothing is written to the device.
import type { CounterCustomer } from "@enishi/api/types.ts";

const MOST_REMEMBERED = 20;

export interface Remembered {
  data: CounterCustomer;
  /** When the server gave it, in milliseconds since the epoch. */
  atMs: number;
  /** What was scanned or typed to find the customer, digits and letters only. */
  queries: Set<string>;
}

/** Spaces and hyphens make no difference to what a number names; neither do full-width characters. */
export function normalise(query: string): string {
  return query.normalize("NFKC").toLowerCase().replaceAll(/[\s\-‐-―ー()]/g, "");
}

export interface LookupMemory {
  keep: (data: CounterCustomer, query: string | null, atMs: number) => void;
  get: (customerId: string) => Remembered | null;
  find: (query: string) => Remembered[];
  recent: () => Remembered[];
  forget: () => void;
}

export function createMemory(): LookupMemory {
  const kept = new Map<string, Remembered>();
  return {
    keep(data, query, atMs) {
      const id = data.customer.customer_id;
      const queries = kept.get(id)?.queries ?? new Set<string>();
      if (query !== null) queries.add(normalise(query));
      // Setting anew moves it to the end, so that the first is always the one looked up longest ago.
      kept.delete(id);
      kept.set(id, { data, atMs, queries });
      const [oldest] = kept.keys();
      if (kept.size > MOST_REMEMBERED && oldest !== undefined) kept.delete(oldest);
    },
    get: (customerId) => kept.get(customerId) ?? null,
    find: (query) => [...kept.values()].filter(({ queries }) => queries.has(normalise(query))),
    recent: () => [...kept.values()].reverse(),
    forget: () => kept.clear(),
  };
}

export const memory = createMemory();
