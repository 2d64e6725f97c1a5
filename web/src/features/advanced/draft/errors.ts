import type { Text } from "@/i18n";
import type { Draft } from "./draft";
import { activeControls, activeLoras, masked } from "./request";

/** Path in the draft → a sentence: `steps`, `loras.KEY.name`, `controls.KEY.image`, `hires.scale`. */
export type Errors = Readonly<Record<string, string>>;

/** The API's wrong fields, by the controls that they are about. Lists are told by the names of their rows. */
export function placed(draft: Draft, fields: Readonly<Record<string, string>>): Errors {
  const rows = { loras: activeLoras(draft), controls: activeControls(draft) };
  const found: Record<string, string> = {};
  for (const [path, sentence] of Object.entries(fields)) {
    const field = path.replace(/^(request|settings)\./, "").replace(/^image_prompt\b/, "guide");
    const [, list, place, rest] = /^(loras|controls)\[(\d+)\](.*)$/.exec(field) ?? [];
    const row = list ? rows[list as keyof typeof rows][Number(place)] : undefined;
    found[row ? `${list}.${row.key}${rest || ".name"}` : field.replace(/\[\d+\].*$/, "")] ??= sentence;
  }
  return found;
}

/** What must be given or put right before anything can be asked for. */
export function lacking(draft: Draft): Readonly<Record<string, Text>> {
  const found: Record<string, Text> = {};
  if (draft.kind !== "txt2img" && !draft.image) found.image = "advanced.lacking.image";
  if (draft.kind === "inpaint" && !draft.mask) found.mask = "advanced.lacking.mask";
  if (draft.kind === "outpaint" && !(draft.left || draft.top || draft.right || draft.bottom))
    found.left = "advanced.lacking.sides";
  for (const one of draft.loras)
    if (one.on && !one.name) found[`loras.${one.key}.name`] = "advanced.lacking.lora";
  for (const one of draft.controls.filter((row) => row.on)) {
    const at = `controls.${one.key}`;
    if (!one.name) found[`${at}.name`] = "advanced.lacking.control";
    if (one.preprocessor === "inpaint") {
      if (!masked(draft)) found[`${at}.preprocessor`] = "advanced.lacking.marked";
    } else if (!one.image) found[`${at}.image`] = "advanced.lacking.controlImage";
    if (one.start > one.end) found[`${at}.end`] = "advanced.lacking.end";
  }
  if (draft.guide.on) {
    if (!draft.guide.name) found["guide.name"] = "advanced.lacking.adapter";
    if (!draft.guide.images.length) found["guide.images"] = "advanced.lacking.guideImages";
    if (draft.guide.start > draft.guide.end) found["guide.end"] = "advanced.lacking.end";
  }
  return found;
}
