import fc from "fast-check";
import { expect, test } from "vitest";
import { RATIOS } from "@/jobs/plain";
import { MOST_PROMPT, sound } from "./draft";

test("what was kept by hand or by another version cannot break the page", () => {
  fc.assert(
    fc.property(fc.anything(), (kept) => {
      const { prompt, ratio } = sound(kept);
      if (prompt !== undefined) expect(prompt.length).toBeLessThanOrEqual(MOST_PROMPT);
      if (ratio !== undefined) expect(RATIOS).toContain(ratio);
    }),
  );
  expect(sound({ prompt: "x".repeat(100_000), ratio: "7:3", jobId: 4 })).toEqual({
    prompt: "x".repeat(MOST_PROMPT),
  });
});
