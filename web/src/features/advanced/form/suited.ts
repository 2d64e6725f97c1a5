import type { Model } from "@/api/schema.gen";
import type { DraftControl } from "../draft/draft";

/** Words that names of ControlNets have for what they were trained with, and the preprocessor that makes it. */
const CALLED: [RegExp, DraftControl["preprocessor"]][] = [
  [/canny|edges/i, "canny"],
  [/softedge|hed/i, "softedge"],
  [/lineart/i, "lineart"],
  [/scribble/i, "scribble"],
  [/pose/i, "openpose"],
  [/depth/i, "depth"],
  [/seg/i, "segmentation"],
  [/tile/i, "tile"],
];

/** The preprocessor that a ControlNet was trained with, as its file or its name says. */
export function suited(
  model: Pick<Model, "name" | "details"> | undefined,
): DraftControl["preprocessor"] | undefined {
  const { hint } = (model?.details ?? {}) as { hint?: unknown };
  const said = `${typeof hint === "string" ? hint : ""} ${model?.name ?? ""}`;
  return CALLED.find(([word]) => word.test(said))?.[1];
}
