import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as is from "./draft";
import { DEFAULT, type Draft, withKind } from "./draft";
import { placed } from "./errors";
import { digits, EXACT, parseExactly } from "./exact";
import { readDraft } from "./reading";
import { asDraft, requestOf } from "./request";
import { seedsOf } from "./seeds";

const float = (min: number, max: number) =>
  fc.double({ min, max, noNaN: true }).map((number) => (Object.is(number, -0) ? 0 : number));
const above = (min: number, max: number) => float(min, max).filter((number) => number > min);
const side = fc.integer({ min: 8, max: 256 }).map((number) => number * 8);
const seed = fc.oneof(fc.constant(""), fc.bigInt({ min: 0n, max: is.MAX_SEED }).map(String));
const words = fc.string({ maxLength: 60, unit: "grapheme" });
const file = fc.string({ minLength: 1, maxLength: 30 });
const pixels = fc.integer({ min: 0, max: 1024 });
const share = float(0, 1);
const rows = <T>(one: fc.Arbitrary<T>) => fc.array(one, { maxLength: 3 });
const key = fc.stringMatching(/^[\w-]{1,12}$/);

const drafts: fc.Arbitrary<Draft> = fc.record({
  kind: fc.constantFrom(...is.KINDS),
  prompt: words,
  negative_prompt: words,
  model: file,
  vae: fc.option(file),
  loras: rows(
    fc.record({
      key,
      on: fc.boolean(),
      name: fc.oneof(file, fc.constant("")),
      strength: float(-10, 10),
      strength_clip: fc.option(float(-10, 10)),
      blocks: fc.option(fc.array(float(-10, 10), { minLength: 1, maxLength: 20 })),
    }),
  ),
  size: fc.option(fc.record({ width: side, height: side })),
  sampler: fc.constantFrom("euler", "dpmpp_2m"),
  scheduler: fc.constantFrom("karras", "normal"),
  steps: fc.integer({ min: 1, max: 150 }),
  cfg: float(0, 30),
  seed,
  locked: fc.boolean(),
  batch: fc.integer({ min: 1, max: 8 }),
  count: fc.integer({ min: 1, max: 10 }),
  image: fc.option(fc.uuid()),
  strength: above(0, 1),
  mask: fc.option(fc.uuid()),
  invert: fc.boolean(),
  fill: fc.constantFrom(...is.FILLS),
  grow: pixels,
  feather: pixels,
  only_masked: fc.boolean(),
  padding: pixels,
  left: pixels,
  top: pixels,
  right: pixels,
  bottom: pixels,
  controls: rows(
    fc.record({
      key,
      on: fc.boolean(),
      name: file,
      image: fc.option(fc.uuid()),
      preprocessor: fc.constantFrom(...is.PREPROCESSORS),
      strength: float(0, 10),
      start: share,
      end: share,
      mode: fc.constantFrom(...is.MODES),
    }),
  ),
  guide: fc.record({
    on: fc.boolean(),
    name: file,
    images: rows(fc.uuid()),
    strength: float(-1, 3),
    start: share,
    end: share,
  }),
  hires: fc.record({
    on: fc.boolean(),
    by: fc.constantFrom("scale", "size"),
    scale: above(1, 4),
    width: side,
    height: side,
    upscaler: file,
    denoise: above(0, 1),
    steps: fc.option(fc.integer({ min: 1, max: 150 })),
  }),
  clip_skip: fc.integer({ min: 1, max: 12 }),
  format: fc.constantFrom("png", "webp"),
  tiling: fc.constantFrom(...is.TILINGS),
  variation_seed: seed,
  variation_strength: share,
  freeu: fc.record({
    on: fc.boolean(),
    b1: float(0, 10),
    b2: float(0, 10),
    s1: float(0, 10),
    s2: float(0, 10),
    version: fc.constantFrom(1, 2),
  }),
  pag: float(0, 100),
  cfg_rescale: share,
  thresholding: fc.record({ on: fc.boolean(), mimic: float(0, 100), percentile: share }),
});

const sent = (draft: Draft) => JSON.stringify(requestOf(draft));
const received = (text: string) => readDraft(asDraft(parseExactly(text) as Record<string, unknown>));

describe("a draft and its request", () => {
  test("what a request says is in the draft that is made of it, to the last digit", () => {
    fc.assert(
      fc.property(drafts, (draft) => sent(received(sent(draft))) === sent(draft)),
      { numRuns: 300 },
    );
  });

  test("what was stored is read as it was", () => {
    fc.assert(
      fc.property(drafts, (draft) => {
        expect(readDraft(JSON.parse(JSON.stringify(draft)))).toEqual(draft);
      }),
      { numRuns: 200 },
    );
  });

  test("whatever was stored, the draft is one, and makes a request", () => {
    fc.assert(
      fc.property(
        fc.object({ key: fc.constantFrom(...Object.keys(DEFAULT), "x"), maxDepth: 3 }),
        (stored) => {
          const draft = readDraft(stored);
          expect(readDraft(draft)).toEqual(draft);
          expect(requestOf(draft).kind).toBe(draft.kind);
        },
      ),
      { numRuns: 200 },
    );
  });

  test("one bad field takes no other with it", () => {
    expect(readDraft({ ...DEFAULT, prompt: "a fox", steps: 900, size: { width: 100, height: 64 } })).toEqual({
      ...DEFAULT,
      prompt: "a fox",
    });
  });

  test("a request has what its kind takes and nothing else", () => {
    const image = "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de";
    const full: Draft = { ...DEFAULT, image, mask: image, left: 64, hires: { ...DEFAULT.hires, on: true } };
    const names = (kind: Draft["kind"]) => Object.keys(requestOf({ ...full, kind }));
    expect(names("txt2img")).toContain("hires");
    expect(names("txt2img")).not.toContain("image");
    expect(names("img2img")).not.toContain("hires");
    expect(names("inpaint")).toContain("mask");
    expect(names("outpaint")).toContain("left");
    expect(requestOf({ ...full, kind: "outpaint", size: { width: 64, height: 64 } })).not.toHaveProperty(
      "width",
    );
    expect(requestOf({ ...full, clip_skip: 9 }, "", { text_layers: 4 }).clip_skip).toBe(4);
  });

  test("a ControlNet of inpainting is shown the picture itself, and only where there is a mask", () => {
    const image = "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de";
    const controls = [{ ...is.CONTROL, key: "a", name: "fill", preprocessor: "inpaint" as const }];
    expect(
      requestOf({ ...DEFAULT, kind: "inpaint", image, mask: image, controls }).controls?.[0]?.image,
    ).toBe(image);
    expect(requestOf({ ...DEFAULT, controls })).not.toHaveProperty("controls");
  });
});

test("another kind takes its defaults along, and leaves what was set", () => {
  expect(withKind(DEFAULT, "outpaint")).toMatchObject({ strength: 1, fill: "blur", feather: 32 });
  expect(withKind({ ...DEFAULT, strength: 0.4 }, "inpaint").strength).toBe(0.4);
});

test("seeds that no number of JavaScript holds are kept", () => {
  expect(EXACT).toBe(true);
  expect(JSON.stringify({ seed: digits("18446744073709551615") })).toBe('{"seed":18446744073709551615}');
  expect(parseExactly('{"seed":18446744073709551615}')).toEqual({ seed: "18446744073709551615" });
});

test("a locked seed is followed by the next ones, another is drawn", () => {
  expect(seedsOf({ seed: "18446744073709551615", locked: true }, 2)).toEqual(["18446744073709551615", "0"]);
  const drawn = seedsOf({ seed: "5", locked: false }, 10);
  expect(new Set(drawn).size).toBe(10);
  expect(drawn.every((one) => Number.isSafeInteger(Number(one)))).toBe(true);
});

test("wrong fields are told at the row that they are about, also where rows before it are off", () => {
  const loras = ["a", "b", "c"].map((key) => ({ ...is.LORA, key, name: key, on: key !== "a" }));
  const fields = { "loras[1].name": "gone", "request.steps": "too many", "image_prompt.images[0]": "none" };
  expect(placed({ ...DEFAULT, loras }, fields)).toEqual({
    "loras.c.name": "gone",
    steps: "too many",
    "guide.images": "none",
  });
});
