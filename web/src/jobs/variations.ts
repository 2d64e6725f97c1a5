import type { Img2Img } from "@/api/schema.gen";
import { type Painting, paints, type Work } from "@/jobs/request";

/** How much of the picture is painted anew: it keeps its composition and changes everything else. */
const STRENGTH = 0.6;
const COUNT = 4;

/**
 * Pictures like one that a request gave: the same words and settings, with that picture to begin from and another seed.
 * So they stand below it in its version tree, whichever picture of a batch it was. Undefined where there are no words.
 */
export function variationsOf(request: Work, assetId: string): (Img2Img & Painting) | undefined {
  if (!paints(request)) return undefined;
  const { prompt, negative_prompt, model, steps, cfg, sampler, scheduler, loras, vae, clip_skip } = request;
  return {
    kind: "img2img",
    image: assetId,
    strength: STRENGTH,
    batch: COUNT,
    preview_every: 1,
    prompt,
    ...defined({ negative_prompt, model, steps, cfg, sampler, scheduler, loras, vae, clip_skip }),
  };
}

function defined<T extends object>(values: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value != null)) as never;
}
