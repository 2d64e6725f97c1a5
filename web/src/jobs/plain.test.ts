import fc from "fast-check";
import { expect, test } from "vitest";
import type { Bounds, CheckpointOptions, Style } from "@/api/schema.gen";
import { checkpointFor, RATIOS, ratioNear, requestOf, sizeOf, usable, wordsOf } from "@/jobs/plain";

const bounds = { max_pixels: 1024 * 1024, max_side: 2048, min_side: 64, side_step: 8 } as Bounds;
const checkpoint = (
  name: string,
  native: number,
  more: Partial<CheckpointOptions> = {},
): CheckpointOptions => ({
  name,
  family: "sd15",
  inpainting: false,
  text_layers: 12,
  native_size: native,
  sizes: [
    { title: "Square", ratio: "1:1", width: native, height: native },
    { title: "Wide", ratio: "16:9", width: native * 1.5, height: native * 0.75 },
  ],
  defaults: {
    width: native,
    height: native,
    steps: 20,
    cfg: 7,
    sampler: "dpmpp_2m",
    scheduler: "karras",
    clip_skip: 1,
    negative_prompt: "blurry",
  },
  ...more,
});
const style = (name: string, prompt: string, more: Partial<Style> = {}): Style => ({
  name,
  title: name,
  description: "",
  prompt,
  negative_prompt: "",
  checkpoints: null,
  thumbnail: "",
  ...more,
});
const STYLES = [
  style("plain", "{prompt}"),
  style("night", "{prompt}, black background"),
  style("candy", "{prompt}, glossy, pink background"),
  style("dusk", "<lora:dusk:1> {prompt}, dusk", { checkpoints: ["pocket"] }),
];

test("a style paints with its own checkpoint, others with the largest that paints whole pictures", () => {
  const all = [
    checkpoint("pocket", 128),
    checkpoint("xl", 1024),
    checkpoint("fill", 2048, { inpainting: true }),
    checkpoint("refiner", 2048, { family: "sdxl-refiner" }),
  ];
  expect(checkpointFor(all, STYLES[0])?.name).toBe("xl");
  expect(checkpointFor(all, STYLES[3])?.name).toBe("pocket");
  expect(checkpointFor([], undefined)).toBeUndefined();
  expect(usable(STYLES, [checkpoint("xl", 1024)]).map((one) => one.name)).toEqual([
    "plain",
    "night",
    "candy",
  ]);
});

test("sizes are those of the checkpoint, smaller where the tier allows no more", () => {
  expect(sizeOf(checkpoint("a", 512), "16:9", bounds)).toEqual({ width: 768, height: 384 });
  fc.assert(
    fc.property(fc.integer({ min: 8, max: 256 }), fc.constantFrom(...RATIOS), (eighths, ratio) => {
      const { width, height } = sizeOf(checkpoint("a", eighths * 8), ratio, bounds);
      expect(width * height).toBeLessThanOrEqual(bounds.max_pixels);
      expect(Math.max(width, height)).toBeLessThanOrEqual(bounds.max_side);
    }),
  );
});

test("words keep what they are inside of a style, and are found again in it", () => {
  const [, night] = STYLES;
  const made = requestOf(" a $& star ", "1:1", night, checkpoint("a", 512), bounds);
  expect(made).toMatchObject({
    prompt: "a $& star, black background",
    negative_prompt: "blurry",
    width: 512,
  });
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), fc.constantFrom(...STYLES.slice(1)), (words, one) => {
      fc.pre(words.trim() !== "" && wordsOf(words.trim(), STYLES).style === undefined);
      const { prompt } = requestOf(words, "1:1", one, checkpoint("pocket", 128), bounds);
      expect(wordsOf(prompt, STYLES)).toEqual({ prompt: words.trim(), style: one.name });
    }),
  );
  expect(wordsOf("a star", STYLES)).toEqual({ prompt: "a star" });
});

test("a size has the nearest shape", () => {
  expect(ratioNear(512 / 512, RATIOS)).toBe("1:1");
  expect(ratioNear(1344 / 768, RATIOS)).toBe("16:9");
  expect(ratioNear(112 / 144, RATIOS)).toBe("3:4");
});
