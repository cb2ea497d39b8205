/**
 * A number in groups of four, as it is read out; a last digit on its own joins the group before it. A number with its
 * own hyphens stays as it is.
 */
export function groupDigits(number: string): string {
  return /^\d+$/.test(number) ? number.replace(/(\d{4})(?=\d{2})/g, "$1 ") : number;
}
