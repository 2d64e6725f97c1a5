import fc from "fast-check";
import { expect, test } from "vitest";
import { all, among, NOTHING, ranged, toggled } from "@/features/gallery/grid/selection";

const ORDER = ["a", "b", "c", "d", "e", "f"];
const chosen = (selection: { ids: ReadonlySet<string> }) => [...selection.ids].sort().join("");

test("shift chooses from the last one that was pressed, either way, and draws the range anew", () => {
  const one = toggled(NOTHING, "c");
  const range = ranged(one, "e", ORDER);
  expect(chosen(range)).toBe("cde");
  expect(chosen(ranged(range, "a", ORDER))).toBe("abc");
  expect(chosen(ranged(range, "c", ORDER))).toBe("c");
});

test("a range leaves alone what was chosen with ctrl before", () => {
  const two = toggled(toggled(NOTHING, "a"), "d");
  expect(chosen(ranged(two, "e", ORDER))).toBe("ade");
  expect(chosen(ranged(ranged(two, "e", ORDER), "c", ORDER))).toBe("acd");
});

test("without an anchor in the list, shift chooses the one that is pressed", () => {
  expect(chosen(ranged(NOTHING, "b", ORDER))).toBe("b");
  expect(chosen(ranged(toggled(NOTHING, "gone"), "b", ORDER))).toBe("bgone");
});

test("what is not in the list any more is not chosen any more", () => {
  const some = all(ORDER);
  expect(chosen(among(some, ["b", "c"]))).toBe("bc");
  expect(among(some, ORDER)).toBe(some);
});

test("toggling twice changes nothing; a range always holds both its ends", () => {
  const id = fc.constantFrom(...ORDER);
  fc.assert(
    fc.property(fc.array(id), id, id, (before, one, other) => {
      const some = before.reduce(toggled, NOTHING);
      expect(chosen(toggled(toggled(some, one), one))).toBe(chosen(some));
      const range = ranged(toggled(some, one), other, ORDER);
      expect(range.ids.has(other)).toBe(true);
      if (!some.ids.has(one)) expect(range.ids.has(one)).toBe(true);
    }),
  );
});
