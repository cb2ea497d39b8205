/**
 * Code 128 (ISO/IEC 15417): text to the widths of bars and spaces.
 *
 * Printable ASCII only (code sets B and C), which is all a card number may hold. Runs of digits are packed two to a
 * symbol in set C, because a narrower code scans better from a phone's screen.
 */

/** Widths of the six elements (bar, space, bar, space, bar, space) of each symbol value; 106 is the stop, of seven. */
const PATTERNS = (
  "212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 122132 122231 113222 " +
  "123122 123221 223211 221132 221231 213212 223112 312131 311222 321122 321221 312212 322112 322211 212123 212321 " +
  "232121 111323 131123 131321 112313 132113 132311 211313 231113 231311 112133 112331 132131 113123 113321 133121 " +
  "313121 211331 231131 213113 213311 213131 311123 311321 331121 312113 312311 332111 314111 221411 431111 111224 " +
  "111422 121124 121421 141122 141221 112214 112412 122114 122411 142112 142211 241211 221114 413111 241112 134111 " +
  "111242 121142 121241 114212 124112 124211 411212 421112 421211 212141 214121 412121 111143 111341 131141 114113 " +
  "114311 411113 411311 113141 114131 311141 411131 211412 211214 211232 2331112"
).split(" ");

const PRINTABLE = /^[\x20-\x7e]+$/;
const SWITCH_TO_C = 99;
const SWITCH_TO_B = 100;
const START_B = 104;
const START_C = 105;
const STOP = 106;

/** The quiet zone that a scanner needs on each side, in modules. */
export const QUIET_MODULES = 10;

type CodeSet = "B" | "C";

/** How many digits stand together from `from` on. */
function digitsFrom(text: string, from: number): number {
  let end = from;
  while (end < text.length && /[0-9]/.test(text.charAt(end))) end += 1;
  return end - from;
}

/**
 * Whether set C pays at this place: a switch costs one symbol, so four digits repay it at either end of the text and
 * six are needed in its middle. A text of exactly two digits is shortest in set C as well.
 */
function startsDigitRun(text: string, at: number): boolean {
  const digits = digitsFrom(text, at);
  if (at === 0 && digits === 2 && text.length === 2) return true;
  return digits >= (at === 0 || at + digits === text.length ? 4 : 6);
}

/**
 * The symbol values of `text`: start, data, check, stop.
 * @throws RangeError when the text is empty or holds anything but printable ASCII.
 */
export function symbolValues(text: string): number[] {
  if (!canBeDrawn(text)) throw new RangeError("Code 128 carries printable ASCII only, at least one character");
  let set: CodeSet = startsDigitRun(text, 0) ? "C" : "B";
  const values = [set === "C" ? START_C : START_B];
  let at = 0;
  while (at < text.length) {
    if (set === "C" && digitsFrom(text, at) >= 2) {
      values.push(Number(text.slice(at, at + 2)));
      at += 2;
    } else if (set === "C") {
      values.push(SWITCH_TO_B);
      set = "B";
    } else if (startsDigitRun(text, at) && digitsFrom(text, at) % 2 === 0) {
      values.push(SWITCH_TO_C);
      set = "C";
    } else {
      values.push(text.charCodeAt(at) - 32);
      at += 1;
    }
  }
  const check = values.reduce((sum, value, position) => sum + value * Math.max(position, 1), 0) % 103;
  return [...values, check, STOP];
}

/** A bar of the code: where it starts and how wide it is, in modules, quiet zone included. */
export interface Bar {
  readonly x: number;
  readonly width: number;
}

/** The bars of `text` and the whole width with both quiet zones, in modules. */
export function bars(text: string): { readonly bars: readonly Bar[]; readonly width: number } {
  const drawn: Bar[] = [];
  let x = QUIET_MODULES;
  for (const value of symbolValues(text)) {
    [...(PATTERNS[value] ?? "")].forEach((digit, element) => {
      const width = Number(digit);
      if (element % 2 === 0) drawn.push({ x, width });
      x += width;
    });
  }
  return { bars: drawn, width: x + QUIET_MODULES };
}

/** Whether a text can be drawn at all; a card number in other characters is read out instead. */
export function canBeDrawn(value: string): boolean {
  return PRINTABLE.test(value);
}

/** The widest drawing that fits, in CSS pixels, where `modules` stand on whole screen pixels. */
export function sharpWidth(room: number, modules: number, pixelRatio: number): number {
  const pixelsPerModule = Math.floor((room * pixelRatio) / modules);
  return pixelsPerModule < 1 ? room : (pixelsPerModule * modules) / pixelRatio;
}
