import type { CheckpointOptions } from "@/api/schema.gen";
import type { Draft, Size } from "./draft";

/** The size that is painted; the picture's own is known to the API alone. */
export const sizeOf = (draft: Draft, of: CheckpointOptions | undefined): Size | null =>
  draft.size ??
  (of && (draft.kind === "txt2img" || draft.only_masked)
    ? { width: of.defaults.width, height: of.defaults.height }
    : null);

/** The draft with another checkpoint: what stood as the one before suggests goes to what this one suggests. */
export function withCheckpoint(
  draft: Draft,
  to: CheckpointOptions,
  from: CheckpointOptions | undefined,
): Draft {
  const next: Draft = { ...draft, model: to.name, clip_skip: Math.min(draft.clip_skip, to.text_layers) };
  if (!from) return next;
  const moved: Partial<Draft> = {};
  for (const name of ["steps", "cfg", "sampler", "scheduler", "negative_prompt"] as const)
    if (draft[name] === from.defaults[name]) Object.assign(moved, { [name]: to.defaults[name] });
  const preset = from.sizes.findIndex(
    (one) => one.width === draft.size?.width && one.height === draft.size.height,
  );
  const same = from.sizes[preset] && to.sizes.find((one) => one.ratio === from.sizes[preset]?.ratio);
  if (same) moved.size = { width: same.width, height: same.height };
  return { ...next, ...moved };
}
