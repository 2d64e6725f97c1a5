import { expect, test } from "vitest";
import type { CheckpointOptions } from "@/api/schema.gen";
import { withCheckpoint } from "./checkpoint";
import { CONTROL, DEFAULT, type Draft, LORA } from "./draft";
import { settingsOf, withSettings } from "./settings";

const IMAGE = "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de";
const rich: Draft = {
  ...DEFAULT,
  prompt: "a fox",
  steps: 33,
  count: 3,
  size: { width: 256, height: 128 },
  loras: [{ ...LORA, key: "a", name: "ink", strength: 0.5 }],
  controls: [{ ...CONTROL, key: "b", name: "edges", image: IMAGE, preprocessor: "canny" }],
  hires: { ...DEFAULT.hires, on: true, scale: 1.5 },
  freeu: { ...DEFAULT.freeu, on: true, b1: 1.1 },
};

test("a preset holds no words and no pictures, and no seed that is not locked", () => {
  const text = JSON.stringify(settingsOf({ ...rich, image: IMAGE, mask: IMAGE, seed: "5" }));
  expect(text).not.toContain("fox");
  expect(text).not.toContain(IMAGE);
  expect(settingsOf({ ...rich, seed: "5" })).not.toHaveProperty("seed");
  expect(settingsOf({ ...rich, seed: "5", locked: true })).toHaveProperty("seed", 5);
});

test("a preset brings back what it kept, and switches off what was off", () => {
  const words = { ...DEFAULT, prompt: "a hare", thresholding: { ...DEFAULT.thresholding, on: true }, pag: 3 };
  const after = withSettings(words, settingsOf(rich));
  expect(after).toMatchObject({
    prompt: "a hare",
    steps: 33,
    count: 3,
    pag: 0,
    size: { width: 256, height: 128 },
  });
  expect(after.thresholding.on).toBe(false);
  expect(after.hires).toMatchObject({ on: true, scale: 1.5 });
  expect(after.freeu).toMatchObject({ on: true, b1: 1.1 });
  expect(after.loras).toMatchObject([{ name: "ink", strength: 0.5 }]);
  expect(after.controls).toMatchObject([{ name: "edges", preprocessor: "canny", image: null }]);
});

test("a preset of somebody's client says a few fields, and changes those alone", () => {
  const before = { ...rich, seed: "7", locked: true };
  expect(withSettings(before, { steps: 12, cfg: 5.5, sampler: "euler" })).toEqual({
    ...before,
    steps: 12,
    cfg: 5.5,
    sampler: "euler",
  });
  expect(withSettings(before, { steps: "many", form: 7 })).toEqual(before);
});

test("another checkpoint takes its own defaults along, and leaves what was set", () => {
  const of = (name: string, steps: number, side: number): CheckpointOptions => ({
    name,
    family: "sd15",
    inpainting: false,
    text_layers: 2,
    native_size: side,
    sizes: [{ title: "Wide", ratio: "16:9", width: side * 2, height: side }],
    defaults: {
      width: side,
      height: side,
      steps,
      cfg: 7,
      sampler: "dpmpp_2m",
      scheduler: "karras",
      clip_skip: 1,
      negative_prompt: "",
    },
  });
  const [small, large] = [of("small", 20, 128), of("large", 30, 512)];
  const draft = { ...DEFAULT, cfg: 4, clip_skip: 5, size: { width: 256, height: 128 } };
  expect(withCheckpoint(draft, large, small)).toMatchObject({
    model: "large",
    steps: 30,
    cfg: 4,
    clip_skip: 2,
    size: { width: 1024, height: 512 },
  });
});
