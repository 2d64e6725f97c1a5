import type { Bounds, CheckpointOptions, Style, Txt2Img } from "@/api/schema.gen";

/** Shapes that are offered where few words shall do: width to height. */
export const RATIOS = ["1:1", "3:4", "4:3", "16:9"] as const;
export type Ratio = (typeof RATIOS)[number];

/** Previews in the course of a picture: enough to see it come, few enough to cost no time. */
const PREVIEWS = 10;

/**
 * The checkpoint that Simple mode paints with: the style's own where it names some, else the one that was trained at the
 * largest size. Undefined where there is none.
 */
export function checkpointFor(
  checkpoints: readonly CheckpointOptions[],
  style: Style | undefined,
): CheckpointOptions | undefined {
  const able = checkpoints.filter(
    (one) =>
      !one.inpainting && one.family !== "sdxl-refiner" && (style?.checkpoints?.includes(one.name) ?? true),
  );
  return able.reduce<CheckpointOptions | undefined>(
    (best, one) => (best && best.native_size >= one.native_size ? best : one),
    undefined,
  );
}

/** Styles that there is a checkpoint for. */
export const usable = (styles: readonly Style[], checkpoints: readonly CheckpointOptions[]): Style[] =>
  styles.filter((style) => checkpointFor(checkpoints, style) !== undefined);

/** The size of a shape, in pixels: the checkpoint's own preset of it, made smaller where the tier allows no more. */
export function sizeOf(
  checkpoint: CheckpointOptions,
  ratio: Ratio,
  bounds: Pick<Bounds, "max_pixels" | "max_side" | "min_side" | "side_step">,
): { width: number; height: number } {
  const preset = checkpoint.sizes.find((one) => one.ratio === ratio) ?? checkpoint.defaults;
  const { width, height } = preset;
  const scale = Math.min(
    1,
    Math.sqrt(bounds.max_pixels / (width * height)),
    bounds.max_side / Math.max(width, height),
  );
  const side = (length: number) =>
    Math.max(bounds.min_side, Math.floor((length * scale) / bounds.side_step) * bounds.side_step);
  return scale === 1 ? { width, height } : { width: side(width), height: side(height) };
}

/** What a picture in a style is asked for with: the checkpoint's defaults, the words in the style's. Pure. */
export function requestOf(
  prompt: string,
  ratio: Ratio,
  style: Style | undefined,
  checkpoint: CheckpointOptions,
  bounds: Bounds,
): Txt2Img & { prompt: string } {
  const { steps, cfg, sampler, scheduler, clip_skip, negative_prompt } = checkpoint.defaults;
  const words = prompt.trim();
  return {
    kind: "txt2img",
    // A function, so that "$&" in a prompt is what it says.
    prompt: style ? style.prompt.replace("{prompt}", () => words) : words,
    negative_prompt: [negative_prompt, style?.negative_prompt].filter(Boolean).join(", "),
    model: checkpoint.name,
    ...sizeOf(checkpoint, ratio, bounds),
    steps,
    cfg,
    sampler: sampler as NonNullable<Txt2Img["sampler"]>,
    scheduler: scheduler as NonNullable<Txt2Img["scheduler"]>,
    clip_skip,
    preview_every: Math.max(1, Math.ceil(steps / PREVIEWS)),
  };
}

/** The words that a style was put around, for who comes back from a request of it; the whole where no style fits. */
export function wordsOf(prompt: string, styles: readonly Style[]): { prompt: string; style?: string } {
  const fitting = styles
    .map((style) => ({ style, parts: style.prompt.split("{prompt}") }))
    .filter(({ style, parts }) => style.prompt !== "{prompt}" && parts.length === 2)
    .filter(({ parts: [before = "", after = ""] }) => {
      const room = prompt.length >= before.length + after.length;
      return room && prompt.startsWith(before) && prompt.endsWith(after);
    })
    .sort((a, b) => b.style.prompt.length - a.style.prompt.length)[0];
  if (!fitting) return { prompt };
  const [before = "", after = ""] = fitting.parts;
  return { prompt: prompt.slice(before.length, prompt.length - after.length), style: fitting.style.name };
}

/** The one of some shapes ("4:3") that is nearest to a width by height. */
export function ratioNear<R extends string>(shape: number, ratios: readonly R[]): R | undefined {
  const far = (ratio: string) => {
    const [across = 1, down = 1] = ratio.split(":").map(Number);
    return Math.abs(Math.log(shape) - Math.log(across / down));
  };
  return [...ratios].sort((a, b) => far(a) - far(b))[0];
}
