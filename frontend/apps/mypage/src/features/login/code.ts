/** The digits of a one-time code in whatever way it was typed or pasted: full-width, spaced, or inside a sentence. */

export const CODE_LENGTH = 6;

export function readCode(typed: string): string {
  const text = typed.normalize("NFKC");
  // A whole message may be pasted: a lone run of six digits in it is the code, whatever other figures it holds.
  const [whole] = text.match(/(?<!\d)\d{6}(?!\d)/) ?? [];
  return whole ?? text.replace(/\D/g, "").slice(0, CODE_LENGTH);
}
