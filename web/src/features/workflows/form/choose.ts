import type { NodeKind } from "@/api/schema.gen";
import type { Field } from "@/features/workflows/form/field";

/** What most people change, in the order in which a form asks for it. */
const FIRST = [
  "prompt",
  "negative_prompt",
  "picture",
  "width",
  "steps",
  "cfg",
  "denoise",
  "strength",
  "batch_size",
  "seed",
] as const;
const SEEDS = new Set(["seed", "noise_seed"]);
/** Sizes of what is painted, not of what is cropped or padded. */
const SIZES = new Set(["width", "height"]);
const PAINTS = /^latent$|sampling|^image$/;

/** Is it among what most people change? */
export function isMain(field: Field, role: string, kind: NodeKind): boolean {
  if (field.widget === "prompt" || field.widget === "picture") return true;
  if (field.widget === "text") return role === "prompt" || role === "negative_prompt";
  if (field.widget === "seed") return SEEDS.has(role);
  if (SIZES.has(role)) return /^Empty.*(Latent|Image)/.test(kind.class_type) || PAINTS.test(kind.category);
  if (role === "steps" || role === "cfg") return field.widget === "number";
  if (role === "denoise") return field.value !== 1 && field.widget === "number";
  // Nothing runs without it, and nothing that is here is chosen.
  const lost = field.widget === "choice" && !field.options.includes(String(field.value));
  return field.required && (field.value === undefined || lost);
}

/** Where it stands: less comes first. */
export function rank(field: Field, role: string): number {
  const name = field.widget === "picture" ? "picture" : field.widget === "seed" ? "seed" : role;
  // Width and height of one node stay together.
  const place = (FIRST as readonly string[]).indexOf(name === "height" ? "width" : name);
  if (place >= 0) return place;
  return field.widget === "prompt" ? 1.5 : FIRST.length;
}
