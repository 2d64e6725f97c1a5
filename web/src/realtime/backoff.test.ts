import fc from "fast-check";
import { expect, test } from "vitest";
import { waitMs } from "@/realtime/backoff";

const tries = fc.integer({ min: 1, max: 10_000 });
const chance = fc.double({ min: 0, max: 1, noNaN: true });

test("never at once, never longer than 20 s, and not sooner after more tries", () => {
  fc.assert(
    fc.property(tries, chance, (n, c) => {
      expect(waitMs(n, c)).toBeGreaterThanOrEqual(250);
      expect(waitMs(n, c)).toBeLessThanOrEqual(20_000);
      expect(waitMs(n + 1, c)).toBeGreaterThanOrEqual(waitMs(n, c));
    }),
  );
});

test("spread over half of the time", () => {
  expect(waitMs(10, 1) - waitMs(10, 0)).toBe(10_000);
});
