import fc from "fast-check";
import { expect, test } from "vitest";
import { RATIOS } from "@/jobs/plain";
import { sound } from "./draft";

test("what was kept by hand or by another version cannot break the page", () => {
  fc.assert(
    fc.property(fc.anything(), (kept) => {
      const { prompt, ratio } = sound(kept);
      if (prompt !== undefined) expect(typeof prompt).toBe("string");
      if (ratio !== undefined) expect(RATIOS).toContain(ratio);
    }),
  );
  // A text that is too long is told of, never cut.
  expect(sound({ prompt: "x".repeat(501), ratio: "7:3", jobId: 4 })).toEqual({ prompt: "x".repeat(501) });
});
