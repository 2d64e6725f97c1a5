import type { NodeInput, NodeKind } from "@/api/schema.gen";
import { kindsByName } from "@/features/workflows/form/graph";

const input = (name: string, type: string, more: Partial<NodeInput> = {}): NodeInput => ({
  name,
  type,
  optional: false,
  ...more,
});
const kind = (
  class_type: string,
  category: string,
  inputs: NodeInput[],
  more: Partial<NodeKind> = {},
): NodeKind => ({
  class_type,
  title: class_type,
  category,
  description: "",
  inputs,
  outputs: [],
  output_node: false,
  ...more,
});

/** A few node types as `GET /nodes` describes them. For tests alone. */
export const KINDS = kindsByName([
  kind("CheckpointLoaderSimple", "loaders", [
    input("ckpt_name", "COMBO", { choices: ["pocket", "other"], folder: "checkpoints" }),
  ]),
  kind("CLIPTextEncode", "conditioning", [
    input("clip", "CLIP"),
    input("text", "STRING", { multiline: true, default: "", max: 10_000 }),
  ]),
  kind("ConditioningCombine", "conditioning", [
    input("conditioning_1", "CONDITIONING"),
    input("conditioning_2", "CONDITIONING"),
  ]),
  kind("EmptyLatentImage", "latent", [
    input("width", "INT", { default: 512, min: 16, max: 16384, step: 8 }),
    input("height", "INT", { default: 512, min: 16, max: 16384, step: 8 }),
    input("batch_size", "INT", { default: 1, min: 1, max: 4096 }),
  ]),
  kind("KSampler", "sampling", [
    input("model", "MODEL"),
    input("positive", "CONDITIONING"),
    input("negative", "CONDITIONING"),
    input("latent_image", "LATENT"),
    input("seed", "INT", { default: 0, min: 0, max: 2 ** 64 }),
    input("steps", "INT", { default: 20, min: 1, max: 150 }),
    input("cfg", "FLOAT", { default: 7, min: 0, max: 100, step: 0.1 }),
    input("sampler_name", "COMBO", { default: "euler", choices: ["euler", "dpmpp_2m"] }),
    input("scheduler", "COMBO", { default: "normal", choices: ["normal", "karras"] }),
    input("denoise", "FLOAT", { default: 1, min: 0, max: 1, step: 0.01 }),
  ]),
  kind("VAEDecode", "latent", [input("samples", "LATENT"), input("vae", "VAE")], { title: "VAE Decode" }),
  kind(
    "SaveImage",
    "image",
    [input("images", "IMAGE"), input("filename_prefix", "STRING", { default: "ComfyUI" })],
    { output_node: true },
  ),
  kind("LoadImage", "image", [input("image", "COMBO", { folder: "input" })]),
  kind("PrimitiveInt", "utils", [input("value", "INT", { default: 0 })]),
  kind("PrimitiveString", "utils", [input("value", "STRING", { default: "" })]),
  kind("Switch", "logic", [
    input("on", "BOOLEAN", { default: false }),
    input("image", "IMAGE", { optional: true }),
  ]),
]);

/** ComfyUI's first graph. */
export const FIRST: Record<
  string,
  { class_type: string; inputs: Record<string, unknown>; _meta?: { title: string } }
> = {
  "3": {
    class_type: "KSampler",
    inputs: {
      model: ["4", 0],
      positive: ["6", 0],
      negative: ["7", 0],
      latent_image: ["5", 0],
      seed: 156680208700286,
      steps: 20,
      cfg: 8,
      sampler_name: "euler",
      scheduler: "normal",
      denoise: 1,
    },
  },
  "4": { class_type: "CheckpointLoaderSimple", inputs: { ckpt_name: "pocket.safetensors" } },
  "5": { class_type: "EmptyLatentImage", inputs: { width: 512, height: 512, batch_size: 1 } },
  "6": { class_type: "CLIPTextEncode", inputs: { text: "a red circle", clip: ["4", 1] } },
  "7": { class_type: "CLIPTextEncode", inputs: { text: "text, watermark", clip: ["4", 1] } },
  "8": { class_type: "VAEDecode", inputs: { samples: ["3", 0], vae: ["4", 2] } },
  "9": { class_type: "SaveImage", inputs: { filename_prefix: "ComfyUI", images: ["8", 0] } },
};
