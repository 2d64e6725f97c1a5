import type { Controlled, Hires, Img2Img, Inpaint, Lora, Outpaint, Txt2Img } from "@/api/schema.gen";
import { DEFAULT, type Draft, type DraftControl, type DraftLora, OF_KIND } from "./draft";
import { digits } from "./exact";

/** What `POST /jobs` and `POST /quotes` take of this form. */
export type PaintingRequest = Txt2Img | Img2Img | Inpaint | Outpaint;

/** What of the checkpoint a request depends on. */
export type Of = { text_layers: number };

export const activeLoras = (draft: Draft): DraftLora[] => draft.loras.filter((one) => one.on && one.name);
/** `inpaint` marks by a mask, and is shown the picture that has it. */
export const activeControls = (draft: Draft): DraftControl[] =>
  draft.controls.filter(
    (one) => one.on && one.name && (one.preprocessor === "inpaint" ? masked(draft) : one.image),
  );
export const guides = (draft: Draft): boolean =>
  draft.guide.on && draft.guide.name !== "" && draft.guide.images.length > 0;
export const masked = (draft: Draft): boolean => draft.kind === "inpaint" || draft.kind === "outpaint";

/** Is it more than the fields that Triton's own stream paints? Such pictures are PNGs. */
export const hasMore = (draft: Draft): boolean =>
  masked(draft) ||
  activeLoras(draft).length > 0 ||
  activeControls(draft).length > 0 ||
  guides(draft) ||
  draft.vae !== null ||
  draft.tiling !== "none" ||
  draft.variation_strength > 0 ||
  draft.freeu.on ||
  draft.pag > 0 ||
  draft.cfg_rescale > 0 ||
  draft.thresholding.on ||
  (draft.kind === "txt2img" && draft.hires.on) ||
  /<lora:|embedding:/.test(draft.prompt + draft.negative_prompt);

/** The request that a draft is, with what its kind and its checkpoint take and nothing else.
 *
 * `seed`: its digits; without them the studio draws one. */
export function requestOf(draft: Draft, seed = draft.seed, of?: Of): PaintingRequest {
  const common = { ...plain(draft, seed, of), ...additions(draft) };
  const image = draft.image ?? "";
  switch (draft.kind) {
    case "txt2img":
      return { kind: "txt2img", ...common, ...draft.size, ...(draft.hires.on && { hires: hires(draft) }) };
    case "img2img":
      return { kind: "img2img", ...common, ...draft.size, image, strength: draft.strength };
    case "inpaint":
      return {
        kind: "inpaint",
        ...common,
        ...draft.size,
        image,
        mask: draft.mask ?? "",
        strength: draft.strength,
        invert: draft.invert,
        fill: draft.fill,
        grow: draft.grow,
        feather: draft.feather,
        only_masked: draft.only_masked,
        padding: draft.padding,
      };
    case "outpaint":
      return {
        kind: "outpaint",
        ...common,
        image,
        strength: draft.strength,
        fill: draft.fill,
        feather: draft.feather,
        left: draft.left,
        top: draft.top,
        right: draft.right,
        bottom: draft.bottom,
      };
  }
}

function plain(draft: Draft, seed: string, of?: Of) {
  return {
    prompt: draft.prompt,
    negative_prompt: draft.negative_prompt,
    model: draft.model,
    steps: draft.steps,
    cfg: draft.cfg,
    sampler: draft.sampler as NonNullable<Txt2Img["sampler"]>,
    scheduler: draft.scheduler as NonNullable<Txt2Img["scheduler"]>,
    ...(seed && { seed: digits(seed) }),
    batch: draft.batch,
    clip_skip: Math.min(draft.clip_skip, of?.text_layers ?? draft.clip_skip),
    format: hasMore(draft) ? ("png" as const) : draft.format,
    // Often enough to watch, and never so often that previews outweigh the steps.
    preview_every: Math.max(1, Math.round(draft.steps / 10)),
  };
}

function additions(draft: Draft) {
  const loras = activeLoras(draft);
  const controls = activeControls(draft);
  const { on: _guiding, ...guide } = draft.guide;
  const { on: _freeing, ...freeu } = draft.freeu;
  const { on: _holding, ...thresholding } = draft.thresholding;
  return {
    ...(loras.length > 0 && { loras: loras.map(loraOf) }),
    ...(controls.length > 0 && { controls: controls.map((one) => controlOf(one, draft)) }),
    ...(guides(draft) && { image_prompt: guide }),
    ...(draft.vae !== null && { vae: draft.vae }),
    ...(draft.tiling !== "none" && { tiling: draft.tiling }),
    ...(draft.variation_strength > 0 && {
      variation_strength: draft.variation_strength,
      ...(draft.variation_seed && { variation_seed: digits(draft.variation_seed) }),
    }),
    ...(draft.freeu.on && { freeu }),
    ...(draft.pag > 0 && { pag: draft.pag }),
    ...(draft.cfg_rescale > 0 && { cfg_rescale: draft.cfg_rescale }),
    ...(draft.thresholding.on && { thresholding }),
  };
}

function loraOf({ name, strength, strength_clip, blocks }: DraftLora): Lora {
  return { name, strength, ...(strength_clip !== null && { strength_clip }), ...(blocks && { blocks }) };
}

function controlOf({ key: _key, on: _on, image, ...rest }: DraftControl, draft: Draft): Controlled {
  // What is marked by the mask is the picture itself.
  const shown = rest.preprocessor === "inpaint" ? draft.image : image;
  return { ...rest, image: shown ?? "" };
}

function hires({ hires: { by, scale, width, height, upscaler, denoise, steps } }: Draft): Hires {
  return {
    ...(by === "scale" ? { scale } : { width, height }),
    upscaler,
    denoise,
    ...(steps !== null && { steps }),
  };
}

/** What reads as a draft, of a request as the API keeps it; its seeds are numbers or digits. What it does not say is as
 * in `base`: the API's defaults, unless something else is wanted. */
export function asDraft(request: Readonly<Record<string, unknown>>, base?: Draft): Record<string, unknown> {
  const kind = (request.kind ?? base?.kind) as Draft["kind"];
  const { width, height, hires, image_prompt, freeu, thresholding, seed, variation_seed, ...rest } = request;
  const said = (name: string) => Object.hasOwn(request, name);
  return {
    ...(base ?? { ...DEFAULT, ...OF_KIND[kind] }),
    ...rest,
    ...((said("width") || !base) && { size: width && height ? { width, height } : null }),
    // A seed that is known is wanted again.
    ...((said("seed") || !base) && { seed: seedOf(seed), locked: seedOf(seed) !== "" }),
    ...((said("variation_seed") || !base) && { variation_seed: seedOf(variation_seed) }),
    ...(said("hires") && {
      hires: switched(hires, DEFAULT.hires, (given) => ({
        by: given.width && given.height ? "size" : "scale",
      })),
    }),
    ...(said("image_prompt") && { guide: switched(image_prompt, DEFAULT.guide) }),
    ...(said("freeu") && { freeu: switched(freeu, DEFAULT.freeu) }),
    ...(said("thresholding") && { thresholding: switched(thresholding, DEFAULT.thresholding) }),
  };
}

const seedOf = (seed: unknown): string =>
  typeof seed === "string" || typeof seed === "number" ? String(seed) : "";

/** An addition that is there is on; one that is not is off. */
function switched(
  given: unknown,
  off: object,
  more: (given: Record<string, unknown>) => object = () => ({}),
): unknown {
  if (typeof given !== "object" || given === null) return off;
  const fields = given as Record<string, unknown>;
  return { ...fields, ...more(fields), on: true };
}
