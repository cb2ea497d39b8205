// Goods described by hand: what is typed, and what of it can be sent.
import type { GoodsByHand } from "@enishi/api/types.ts";

export interface TypedGoods {
  /** Only tells the rows apart. */
  id: number;
  name: string;
  quantity: number;
  price: string;
  rate: 8 | 10;
}

export const MOST_PIECES = 999;
const MOST_DIGITS = 7;

export function emptyGoods(id: number): TypedGoods {
  return { id, name: "", quantity: 1, price: "", rate: 10 };
}

/** The digits of what was typed, whatever keyboard wrote them. */
export function digitsOf(text: string): string {
  return text
    .normalize("NFKC")
    .replace(/\D/g, "")
    .replace(/^0+(?=\d)/, "")
    .slice(0, MOST_DIGITS);
}

/** What is to be sent, once every row has its price; goods without a name are called `unnamed`. */
export function goodsToSend(rows: readonly TypedGoods[], unnamed: string): GoodsByHand[] | null {
  if (rows.length === 0 || rows.some((row) => row.price === "")) return null;
  return rows.map((row) => ({
    name: row.name.trim() === "" ? unnamed : row.name.trim(),
    quantity: row.quantity,
    unit_price_yen: Number(row.price),
    tax_rate_percent: row.rate,
  }));
}
