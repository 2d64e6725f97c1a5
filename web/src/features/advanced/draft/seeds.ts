import { MAX_SEED } from "./draft";

/** A seed that every reader of JSON holds exactly. */
export function randomSeed(): string {
  const [high = 0, low = 0] = crypto.getRandomValues(new Uint32Array(2));
  return String((BigInt(high & 0x1fffff) << 32n) | BigInt(low));
}

/** The seeds of so many jobs: of one that is locked those that follow it, or the same picture would come each time. */
export const seedsOf = (draft: { seed: string; locked: boolean }, count: number): string[] =>
  Array.from({ length: count }, (_, place) =>
    draft.locked && draft.seed !== ""
      ? String((BigInt(draft.seed) + BigInt(place)) % (MAX_SEED + 1n))
      : randomSeed(),
  );
