import fc from "fast-check";
import { expect, test } from "vitest";
import { back, next, STEPS, sound } from "@/features/onboarding/progress";

test("four steps, one after the other", () => {
  expect(STEPS).toHaveLength(4);
  for (const step of STEPS) {
    const after = next(step);
    if (after) expect(back(after)).toBe(step);
  }
  expect(next("tour")).toBeUndefined();
  expect(back("hello")).toBeUndefined();
});

test("whatever was kept, there is a step to show", () => {
  fc.assert(
    fc.property(fc.anything(), (kept) => {
      expect(STEPS).toContain(sound(kept).step);
    }),
  );
  expect(sound({ step: "picture", job: "a" })).toEqual({ step: "picture", job: "a" });
  expect(sound({ step: "gone", job: 7 })).toEqual({ step: "hello", job: null });
});
