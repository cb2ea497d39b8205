// Telling a barcode scanner from a person: a scanner types a whole code within milliseconds and ends it with Enter.
// It needs no focus, so the reader listens to the whole page.

/** The longest average time between the characters of one scan; people take several times as long. */
export const LONGEST_MEAN_GAP_MS = 50;
/** The longest single pause inside a scan: a busy tablet delivers some keys late. */
export const LONGEST_PAUSE_MS = 300;
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
  let firstAt = 0;
  let lastAt = Number.NEGATIVE_INFINITY;
  return {
    take(key, atMs) {
      if (atMs - lastAt > LONGEST_PAUSE_MS) characters = "";
      lastAt = atMs;
      if (key === "Enter") {
        const code = characters;
        characters = "";
        const burst = atMs - firstAt <= LONGEST_MEAN_GAP_MS * code.length;
        return burst && code.length >= SHORTEST_CODE && code.length <= LONGEST_CODE ? code : null;
      }
      if (key.length !== 1) return null;
      if (characters === "") firstAt = atMs;
      characters += key;
      return null;
    },
  };
}
