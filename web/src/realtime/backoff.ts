const FIRST_MS = 500;
const LONGEST_MS = 20_000;

/** How long to wait before the next try: twice as long each time, up to 20 s, and half of it by chance, so that not all
 * who lost the same server come back at the same moment.
 *
 * @param tries that failed so far, from 1
 * @param chance from 0 to 1 */
export function waitMs(tries: number, chance: number): number {
  const whole = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(tries - 1, 30));
  return whole / 2 + (whole / 2) * chance;
}
