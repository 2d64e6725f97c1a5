import {
  CONTROL,
  DEFAULT,
  type Draft,
  FILLS,
  KINDS,
  LEAST_SIDE,
  LORA,
  MAX_SEED,
  MODES,
  MOST,
  newKey,
  PREPROCESSORS,
  SIDE_STEP,
  type Size,
  TILINGS,
} from "./draft";
import * as is from "./read";

/** Characters of a prompt that are kept, sent or not. */
const KEPT = 500_000;
const side = is.whole(LEAST_SIDE, MOST.side, SIDE_STEP);
const share = is.number(0, 1);
const id = is.matching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i);
const name = is.text(200);
const strength = is.number(-10, 10);
const key = is.matching(/^[\w-]{1,40}$/);
const pixels = is.whole(0, MOST.pixels);
/** A seed's digits, or none. */
export const seed: is.Reader<string> = (value) =>
  typeof value === "string" && (value === "" || (/^\d{1,20}$/.test(value) && BigInt(value) <= MAX_SEED))
    ? value
    : undefined;
const size: is.Reader<Size> = (value) => {
  const read = is.shape({ width: 0, height: 0 }, { width: side, height: side })(value);
  return read?.width && read.height ? read : undefined;
};
/** What is in a list has a name of its own there: one that was lost is made again. */
const keyed =
  <T extends { key: string }>(reader: is.Reader<T>): is.Reader<T> =>
  (value) => {
    const read = reader(value);
    return read && { ...read, key: read.key || newKey() };
  };
const lora = keyed(
  is.shape(LORA, {
    key,
    on: is.flag,
    name,
    strength,
    strength_clip: is.orNull(strength),
    blocks: is.orNull(is.every(strength, 64)),
  }),
);
const control = keyed(
  is.shape(CONTROL, {
    key,
    on: is.flag,
    name,
    image: is.orNull(id),
    preprocessor: is.oneOf(PREPROCESSORS),
    strength: is.number(0, 10),
    start: share,
    end: share,
    mode: is.oneOf(MODES),
  }),
);

const READERS: is.Readers<Draft> = {
  kind: is.oneOf(KINDS),
  // What is too long to be sent is kept: whoever wrote it can shorten it.
  prompt: is.text(KEPT),
  negative_prompt: is.text(KEPT),
  model: is.matching(/^.{1,200}$/s),
  vae: is.orNull(name),
  loras: is.list(lora, MOST.loras),
  size: is.orNull(size),
  sampler: is.text(50),
  scheduler: is.text(50),
  steps: is.whole(1, MOST.steps),
  cfg: is.number(0, MOST.cfg),
  seed,
  locked: is.flag,
  batch: is.whole(1, MOST.batch),
  count: is.whole(1, MOST.count),
  image: is.orNull(id),
  strength: is.above(0, 1),
  mask: is.orNull(id),
  invert: is.flag,
  fill: is.oneOf(FILLS),
  grow: pixels,
  feather: pixels,
  only_masked: is.flag,
  padding: pixels,
  left: pixels,
  top: pixels,
  right: pixels,
  bottom: pixels,
  controls: is.list(control, MOST.controls),
  guide: is.shape(DEFAULT.guide, {
    on: is.flag,
    name,
    images: is.list(id, MOST.pictures),
    strength: is.number(-1, 3),
    start: share,
    end: share,
  }),
  hires: is.shape(DEFAULT.hires, {
    on: is.flag,
    by: is.oneOf(["scale", "size"]),
    scale: is.above(1, 4),
    width: side,
    height: side,
    upscaler: name,
    denoise: is.above(0, 1),
    steps: is.orNull(is.whole(1, MOST.steps)),
  }),
  clip_skip: is.whole(1, 12),
  format: is.oneOf(["png", "webp"]),
  tiling: is.oneOf(TILINGS),
  variation_seed: seed,
  variation_strength: share,
  freeu: is.shape(DEFAULT.freeu, {
    on: is.flag,
    b1: is.number(0, 10),
    b2: is.number(0, 10),
    s1: is.number(0, 10),
    s2: is.number(0, 10),
    version: (value) => (value === 1 || value === 2 ? value : undefined),
  }),
  pag: is.number(0, 100),
  cfg_rescale: share,
  thresholding: is.shape(DEFAULT.thresholding, { on: is.flag, mimic: is.number(0, 100), percentile: share }),
};

/** The draft that something is, field by field: what is not good in it is as in `defaults`. */
export const readDraft = (value: unknown, defaults: Draft = DEFAULT): Draft =>
  is.shape(defaults, READERS)(value) ?? defaults;
