/** A list with what stands at `place` moved by `by`, as far as there are places. */
export function moved<T>(list: readonly T[], place: number, by: number): T[] {
  const next = [...list];
  const [one] = next.splice(place, 1);
  if (one === undefined) return next;
  next.splice(Math.max(0, Math.min(next.length, place + by)), 0, one);
  return next;
}
