import { type Draft, withKind } from "./draft";
import { readDraft } from "./reading";
import { asDraft, requestOf } from "./request";

/** What a preset keeps: the fields of a request without its words and pictures, those that are off said as such; under
 * `form` what only this form knows. */
export function settingsOf(draft: Draft): Record<string, unknown> {
  const { prompt: _words, seed, preview_every: _often, ...request } = requestOf(draft);
  const {
    image: _image,
    mask: _mask,
    controls: _controls,
    image_prompt: _guide,
    ...fields
  } = {
    image: null,
    mask: null,
    ...request,
  };
  return {
    loras: [],
    vae: null,
    tiling: "none",
    variation_strength: 0,
    freeu: null,
    pag: 0,
    cfg_rescale: 0,
    thresholding: null,
    ...(draft.kind === "txt2img" && { hires: null }),
    ...fields,
    ...(draft.locked && seed !== undefined && { seed }),
    form: {
      count: draft.count,
      controls: draft.controls.map((one) => ({ ...one, image: null })),
    },
  };
}

/** A draft with a preset's settings: what they do not say stays, words and pictures always do. */
export function withSettings(draft: Draft, settings: Readonly<Record<string, unknown>>): Draft {
  const {
    form,
    prompt: _words,
    image: _image,
    mask: _mask,
    controls,
    image_prompt: _guide,
    ...request
  } = settings;
  const before = readDraft({ ...draft, kind: request.kind ?? draft.kind }, draft);
  const base = withKind(draft, before.kind);
  const kept = typeof form === "object" && form !== null ? (form as Record<string, unknown>) : {};
  const read = readDraft(
    {
      ...asDraft(request, base),
      ...(kept.count !== undefined && { count: kept.count }),
      ...(Array.isArray(kept.controls ?? controls) && { controls: kept.controls ?? controls }),
    },
    base,
  );
  // A slot that is the same ControlNet as before keeps its picture.
  return {
    ...read,
    controls: read.controls.map((one) => ({
      ...one,
      image: draft.controls.find((other) => other.name === one.name)?.image ?? one.image,
    })),
  };
}
