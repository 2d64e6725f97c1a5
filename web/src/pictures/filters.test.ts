import { defaultParseSearch, defaultStringifySearch } from "@tanstack/react-router";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type Filters, filtersOf, narrowing, queryOf } from "@/pictures/filters";

const day = fc
  .date({ min: new Date("2000-01-02"), max: new Date("2100-01-01"), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));
const filters: fc.Arbitrary<Filters> = fc.record(
  {
    text: fc.string({ minLength: 1, maxLength: 40 }).filter((text) => text.trim() !== ""),
    model: fc.constantFrom("pocket", "dream"),
    kind: fc.constantFrom("output" as const, "upload" as const),
    board: fc.uuid(),
    job: fc.uuid(),
    tags: fc.array(fc.stringMatching(/^[a-z]{1,9}$/), { minLength: 1, maxLength: 10 }),
    rating: fc.integer({ min: 1, max: 5 }),
    from: day,
    to: day,
    mine: fc.constant(true as const),
    bin: fc.constant(true as const),
    sort: fc.constant("oldest" as const),
  },
  { requiredKeys: [] },
);

test("filters survive the address", () => {
  fc.assert(
    fc.property(filters, (some) => {
      expect(filtersOf(defaultParseSearch(defaultStringifySearch(some)))).toEqual(some);
    }),
  );
});

test("no address breaks the page, and nothing unknown reaches the API", () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.constantFrom("text", "rating", "tags", "from", "board", "kind", "x"), fc.anything()),
      (search) => {
        const found = filtersOf(search);
        expect(filtersOf(found)).toEqual(found);
        expect(Object.keys(queryOf(found))).not.toContain("x");
      },
    ),
  );
});

test("a day lasts from midnight to midnight of who looks", () => {
  const query = queryOf({ from: "2026-03-01", to: "2026-03-01" });
  expect(query.created_after).toBe(new Date(2026, 2, 1).toISOString());
  expect(query.created_before).toBe(new Date(2026, 2, 2).toISOString());
});

test("board and bin are places, the rest narrows", () => {
  expect(narrowing({ board: "b", bin: true })).toBe(0);
  expect(narrowing({ text: "x", tags: ["a", "b"], rating: 2 })).toBe(4);
});
