/** Where a value lies on an axis of bands of equal width, between 0 and 1; what is above the last edge is in its middle. */
export function placeOf(value: number, edges: readonly number[]): number {
  const index = edges.findLastIndex((edge) => edge <= value);
  if (index < 0 || edges.length === 0) return 0;
  const from = edges[index] ?? 0;
  const to = edges[index + 1];
  const inside = to === undefined ? (value > from ? 0.5 : 0) : (value - from) / (to - from);
  return (index + inside) / edges.length;
}
