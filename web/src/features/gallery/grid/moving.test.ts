import fc from "fast-check";
import { expect, test } from "vitest";
import { moved } from "@/features/gallery/grid/moving";

const grid = { count: 10, columns: 4, page: 2, whole: false };

test.each([
  ["ArrowRight", 3, 4],
  ["ArrowRight", 9, 9],
  ["ArrowLeft", 0, 0],
  ["ArrowDown", 1, 5],
  ["ArrowDown", 7, 9],
  ["ArrowDown", 8, 8],
  ["ArrowUp", 2, 2],
  ["ArrowUp", 9, 5],
  ["Home", 6, 4],
  ["End", 5, 7],
  ["End", 8, 9],
  ["PageUp", 9, 1],
  ["PageUp", 5, 1],
  ["PageDown", 0, 8],
  ["x", 3, null],
])("%s from %i leads to %s", (key, at, to) => {
  expect(moved(key, at, grid)).toBe(to);
});

test("no key leads out of the grid, and ctrl with home and end leads to its ends", () => {
  const keys = ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "PageUp", "PageDown", "Home", "End"];
  const many = fc.integer({ min: 1, max: 500 });
  fc.assert(
    fc.property(fc.constantFrom(...keys), many, many, many, many, (key, at, count, columns, page) => {
      const to = moved(key, at % count, { count, columns, page, whole: false });
      expect(to).toBeGreaterThanOrEqual(0);
      expect(to).toBeLessThan(count);
    }),
  );
  expect(moved("Home", 9, { ...grid, whole: true })).toBe(0);
  expect(moved("End", 0, { ...grid, whole: true })).toBe(9);
});
