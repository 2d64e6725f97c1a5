import { expect, test } from "vitest";
import { priceText } from "./priceText";

test.each([
  ["txt2img", "txt2img of 512x768", "Painting at 512 × 768"],
  ["img2img", "KSampler of 128x128 (node 9)", "Painting at 128 × 128"],
  ["upscale", "ImageUpscaleWithModel of 256x256 (node 63)", "Upscaling, 256 × 256"],
  ["preprocess", "HEDPreprocessor of 512x512 (node 20)", "Hint, 512 × 512"],
  ["lora", "lora of 5x5", "LoRA of 5x5"],
  ["controlnet", "controlnet pocket-edges", "ControlNet pocket-edges"],
  ["sdxl", "dream is of the SDXL family", "dream is of the SDXL family"],
] as const)("%s: %s", (item, text, said) => {
  expect(priceText({ item, text })).toBe(said);
});
