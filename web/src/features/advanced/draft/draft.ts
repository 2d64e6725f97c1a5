/** What is in the form: everything that a request may say, whether it is in use or not. */
export const KINDS = ["txt2img", "img2img", "inpaint", "outpaint"] as const;
export type Kind = (typeof KINDS)[number];
export const FILLS = ["original", "noise", "blur", "neutral"] as const;
export const TILINGS = ["none", "x", "y", "xy"] as const;
export const MODES = ["balanced", "prompt", "control"] as const;
export const PREPROCESSORS = [
  "none",
  "canny",
  "softedge",
  "lineart",
  "scribble",
  "scribble_lines",
  "openpose",
  "depth",
  "segmentation",
  "tile",
  "invert",
  "inpaint",
] as const;

/** Bounds of the API that no checkpoint changes (`control/jobs/requests.py`, `additions.py`). */
export const MOST = {
  loras: 16,
  controls: 8,
  pictures: 8,
  batch: 8,
  count: 10,
  steps: 150,
  cfg: 30,
  side: 2048,
  pixels: 1024,
  clip_skip: 12,
  prompt: 10_000,
} as const;
export const LEAST_SIDE = 64;
export const SIDE_STEP = 8;
export const MAX_SEED = 2n ** 64n - 1n;

export type DraftLora = {
  /** Its own name in the list: React's, and errors'. */
  key: string;
  on: boolean;
  name: string;
  strength: number;
  /** Of the text encoder; null: as `strength`. */
  strength_clip: number | null;
  blocks: number[] | null;
};
export type DraftControl = {
  key: string;
  on: boolean;
  name: string;
  image: string | null;
  preprocessor: (typeof PREPROCESSORS)[number];
  strength: number;
  start: number;
  end: number;
  mode: (typeof MODES)[number];
};
export type Size = { width: number; height: number };
export type Draft = {
  kind: Kind;
  prompt: string;
  negative_prompt: string;
  model: string;
  vae: string | null;
  loras: DraftLora[];
  /** Null: the checkpoint's own, or the picture's. */
  size: Size | null;
  sampler: string;
  scheduler: string;
  steps: number;
  cfg: number;
  /** Digits: numbers of JavaScript do not hold all seeds. Empty: drawn at random. */
  seed: string;
  /** Is the seed kept from one picture to the next? */
  locked: boolean;
  batch: number;
  /** Jobs that one press submits. */
  count: number;
  image: string | null;
  strength: number;
  mask: string | null;
  invert: boolean;
  fill: (typeof FILLS)[number];
  grow: number;
  feather: number;
  only_masked: boolean;
  padding: number;
  left: number;
  top: number;
  right: number;
  bottom: number;
  controls: DraftControl[];
  guide: { on: boolean; name: string; images: string[]; strength: number; start: number; end: number };
  hires: {
    on: boolean;
    by: "scale" | "size";
    scale: number;
    width: number;
    height: number;
    upscaler: string;
    denoise: number;
    /** Null: as in the first pass. */
    steps: number | null;
  };
  clip_skip: number;
  format: "png" | "webp";
  tiling: (typeof TILINGS)[number];
  variation_seed: string;
  variation_strength: number;
  freeu: { on: boolean; b1: number; b2: number; s1: number; s2: number; version: 1 | 2 };
  pag: number;
  cfg_rescale: number;
  thresholding: { on: boolean; mimic: number; percentile: number };
};

let made = 0;
/** A name for something new in a list. */
export const newKey = (): string => `${Date.now().toString(36)}-${(made++).toString(36)}`;

export const LORA: DraftLora = {
  key: "",
  on: true,
  name: "",
  strength: 1,
  strength_clip: null,
  blocks: null,
};
export const CONTROL: DraftControl = {
  key: "",
  on: true,
  name: "",
  image: null,
  preprocessor: "none",
  strength: 1,
  start: 0,
  end: 1,
  mode: "balanced",
};

/** What the API takes each field for where a request does not say it. */
export const DEFAULT: Draft = {
  kind: "txt2img",
  prompt: "",
  negative_prompt: "",
  model: "pocket",
  vae: null,
  loras: [],
  size: null,
  sampler: "dpmpp_2m",
  scheduler: "karras",
  steps: 20,
  cfg: 7,
  seed: "",
  locked: false,
  batch: 1,
  count: 1,
  image: null,
  strength: 0.75,
  mask: null,
  invert: false,
  fill: "original",
  grow: 0,
  feather: 16,
  only_masked: false,
  padding: 32,
  left: 0,
  top: 0,
  right: 0,
  bottom: 0,
  controls: [],
  guide: { on: false, name: "", images: [], strength: 1, start: 0, end: 1 },
  hires: {
    on: false,
    by: "scale",
    scale: 2,
    width: 1024,
    height: 1024,
    upscaler: "latent",
    denoise: 0.6,
    steps: null,
  },
  clip_skip: 1,
  format: "png",
  tiling: "none",
  variation_seed: "",
  variation_strength: 0,
  freeu: { on: false, b1: 1.3, b2: 1.4, s1: 0.9, s2: 0.2, version: 2 },
  pag: 0,
  cfg_rescale: 0,
  thresholding: { on: false, mimic: 7, percentile: 1 },
};

/** What some kinds take for granted instead of that. */
export const OF_KIND: Record<Kind, Partial<Draft>> = {
  txt2img: {},
  img2img: { strength: 0.75 },
  inpaint: { strength: 1, fill: "original", feather: 16 },
  outpaint: { strength: 1, fill: "blur", feather: 32 },
};

/** The draft for another kind; what stood at the one kind's default goes to the other's. */
export function withKind(draft: Draft, kind: Kind): Draft {
  const before: Draft = { ...DEFAULT, ...OF_KIND[draft.kind] };
  const after: Draft = { ...DEFAULT, ...OF_KIND[kind] };
  const moved: Partial<Draft> = {};
  if (draft.strength === before.strength) moved.strength = after.strength;
  if (draft.fill === before.fill) moved.fill = after.fill;
  if (draft.feather === before.feather) moved.feather = after.feather;
  return { ...draft, ...moved, kind };
}
