import type { AssetDetails } from "@/api/schema.gen";
import { digitsOf } from "@/lib/lossless";

/** A setting that a picture was made with. */
export type Fact = {
  /** As the API calls it: steps, seed, loras. */
  name: string;
  value: string;
  /** Long words, which are shown whole on lines of their own. */
  long: boolean;
};

type Metadata = {
  kind?: string;
  parameters?: Record<string, unknown>;
  recipe?: Record<string, unknown>;
  seed?: number | null;
  model?: string;
  model_hashes?: Record<string, string>;
  versions?: Record<string, string>;
  text?: Record<string, string>;
};

/** What is known of how a picture was made; an upload may have said something of itself. */
export const metadataOf = (asset: Pick<AssetDetails, "metadata">): Metadata =>
  (asset.metadata ?? {}) as Metadata;

const LONG = new Set(["prompt", "negative_prompt"]);
/** What has a name for people, and is read first. The rest follows by its name. */
export const ORDER = [
  "prompt",
  "negative_prompt",
  "model",
  "vae",
  "loras",
  "seed",
  "steps",
  "cfg",
  "sampler",
  "scheduler",
  "width",
  "height",
  "batch",
  "strength",
  "image",
  "mask",
  "controls",
  "image_prompt",
  "hires",
  "upscaler",
  "scale",
  "preprocessor",
  "clip_skip",
];
/** Not settings of the picture: how it is handed out, and what stands elsewhere. */
const SILENT = new Set(["kind", "preview_every", "format", "graph", "document", "node", "inputs", "outputs"]);
/** What a request has when nobody asked for it. */
const PLAIN: Record<string, unknown> = {
  tiling: "none",
  variation_strength: 0,
  pag: 0,
  cfg_rescale: 0,
  clip_skip: 1,
  batch: 1,
  invert: false,
  grow: 0,
  only_masked: false,
  left: 0,
  top: 0,
  right: 0,
  bottom: 0,
};

const empty = (value: unknown) =>
  value === null || value === undefined || value === "" || (Array.isArray(value) && value.length === 0);

/** Settings of a picture, those that matter first; without those that nobody chose. */
export function factsOf(asset: Pick<AssetDetails, "metadata" | "place">): Fact[] {
  const { parameters = {}, recipe = {}, seed, kind } = metadataOf(asset);
  // A workflow's own parameters are its graph; what one picture of it was sampled with is in its recipe.
  const settings: Record<string, unknown> = kind === "workflow" ? sampled(recipe) : { ...parameters };
  if (seed !== null && seed !== undefined) settings.seed = seed;
  const names = Object.keys(settings).filter(
    (name) => !SILENT.has(name) && !empty(settings[name]) && settings[name] !== PLAIN[name],
  );
  const rank = (name: string) => (ORDER.includes(name) ? ORDER.indexOf(name) : ORDER.length);
  return names
    .sort((a, b) => rank(a) - rank(b) || a.localeCompare(b))
    .map((name) => ({ name, value: told(settings[name]), long: LONG.has(name) }));
}

/** A recipe in the words of a request. */
function sampled(recipe: Record<string, unknown>): Record<string, unknown> {
  const {
    denoise,
    batch_size,
    extra,
    model_hash: _hash,
    version: _version,
    batch_index: _index,
    ...rest
  } = recipe;
  return {
    ...rest,
    ...(denoise !== 1 && { strength: denoise }),
    batch: batch_size,
    ...((extra as Record<string, unknown> | undefined) ?? {}),
  };
}

/** A value in words: lists by their names and strengths, the rest as JSON. */
export function told(value: unknown): string {
  const digits = digitsOf(value);
  if (digits !== undefined) return digits;
  if (typeof value === "number") return String(Math.round(value * 1e6) / 1e6);
  if (typeof value !== "object" || value === null) return String(value);
  if (Array.isArray(value)) return value.map(told).join(", ");
  const { name, strength, ...rest } = value as Record<string, unknown>;
  if (typeof name !== "string") {
    return Object.entries(value)
      .filter(([, one]) => !empty(one))
      .map(([key, one]) => `${key} ${told(one)}`)
      .join(", ");
  }
  const more = Object.entries(rest)
    .filter(([key, one]) => !empty(one) && key !== "image" && key !== "images")
    .map(([key, one]) => `${key} ${told(one)}`);
  return [strength === undefined ? name : `${name} × ${told(strength)}`, ...more].join(", ");
}

/** All of it as lines of text. */
export const asText = (facts: Fact[], label: (name: string) => string): string =>
  facts.map(({ name, value }) => `${label(name)}: ${value}`).join("\n");

/** What a setting is that nobody chose; null where it is not there then. */
const plain = (name: string) => (name in PLAIN ? told(PLAIN[name]) : null);

export type Difference = { name: string; a: string | null; b: string | null };

/** Settings in which two pictures differ; null where one has none. */
export function differences(a: Fact[], b: Fact[]): Difference[] {
  const ofB = new Map(b.map((fact) => [fact.name, fact.value]));
  const ofA = new Map(a.map((fact) => [fact.name, fact.value]));
  const names = [...new Set([...a, ...b].map((fact) => fact.name))];
  return names
    .map((name) => ({ name, a: ofA.get(name) ?? plain(name), b: ofB.get(name) ?? plain(name) }))
    .filter((one) => one.a !== one.b);
}
