import fc from "fast-check";
import { expect, test } from "vitest";
import { anchorOf, changesOf } from "@/features/team/audit/changes";

test("before and after, field by field", () => {
  const changes = changesOf({
    before: { role: "user", team_id: null } as never,
    after: { role: "admin", team_id: null, scopes: ["a"] } as never,
  });
  expect(changes).toEqual([
    { field: "role", before: "user", after: "admin", changed: true },
    { field: "team_id", before: "–", after: "–", changed: false },
    { field: "scopes", before: undefined, after: '[\n "a"\n]', changed: true },
  ]);
  expect(changesOf({ before: null, after: null })).toEqual([]);
});

test("every field of either side is told once", () => {
  const side = fc.option(fc.dictionary(fc.string({ minLength: 1 }), fc.jsonValue()), { nil: null });
  fc.assert(
    fc.property(side, side, (before, after) => {
      const changes = changesOf({ before, after } as never);
      const fields = new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})]);
      expect(new Set(changes.map((change) => change.field))).toEqual(fields);
      expect(changes).toHaveLength(fields.size);
    }),
  );
});

test("an anchor is a sequence and a hash", () => {
  const hash = "3f".repeat(32);
  expect(anchorOf(` 120:${hash.toUpperCase()} `)).toEqual({ sequence: 120, hash });
  for (const wrong of ["", "120", `0:${hash}`, `120:${hash}0`, `x:${hash}`, `120:${"g".repeat(64)}`])
    expect(anchorOf(wrong)).toBeUndefined();
});
