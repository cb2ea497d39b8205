// Telling a barcode scanner from a person: a scanner types a whole code within milliseconds and ends it with Enter.
// It needs no focus, so the reader listens to the whole page.

/** The longest pause between two characters of one scan; people take several times as long. */
export const LONGEST_GAP_MS = 50;
/** Shorter bursts are someone drumming on the keys. */
export const SHORTEST_CODE = 6;
/** The most characters any card carries; more is noise, and the burst is dropped. */
export const LONGEST_CODE = 128;

export interface ScanReader {
  /** Takes one key with its time in milliseconds; returns the code when this key completes a scan. */
  take: (key: string, atMs: number) => string | null;
}

export function createScanReader(): ScanReader {
  let characters = "";
  let lastAt = Number.NEGATIVE_INFINITY;
  return {
    take(key, atMs) {
      const gap = atMs - lastAt;
      lastAt = atMs;
      if (gap > LONGEST_GAP_MS) characters = "";
      if (key === "Enter") {
        const code = characters;
        characters = "";
        return code.length >= SHORTEST_CODE && code.length <= LONGEST_CODE ? code : null;
      }
      if (key.length === 1) characters += key;
      return null;
    },
  };
}
