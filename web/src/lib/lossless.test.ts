import fc from "fast-check";
import { expect, test } from "vitest";
import { digitsOf, parseLossless } from "@/lib/lossless";

test("what was read is written again, digit for digit", () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), (seed) => {
      const text = `{"request":{"seed":${seed},"steps":[8,0.1],"prompt":"18446744073709551615"}}`;
      expect(JSON.stringify(parseLossless(text))).toBe(text);
    }),
  );
});

test("only numbers that would lose digits are wrapped", () => {
  expect(parseLossless('{"a":9007199254740991,"b":1.5}')).toEqual({ a: 9007199254740991, b: 1.5 });
  const { seed } = parseLossless('{"seed":18446744073709551615}') as { seed: unknown };
  expect(digitsOf(seed)).toBe("18446744073709551615");
  expect(digitsOf(7)).toBeUndefined();
});
