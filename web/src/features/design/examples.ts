import type { Asset, Job, Style } from "@/api/schema.gen";
import { placeholder } from "@/jobs/optimistic";
import type { JobView } from "@/jobs/view";

/** Pictures that need no server and look the same everywhere: flat colours, no edge that a rasteriser smooths. */
const picture = (ground: string, figure: string) =>
  `data:image/svg+xml,${encodeURIComponent(
    `<svg xmlns="http://www.w3.org/2000/svg" width="256" height="256" shape-rendering="crispEdges"><rect width="256" height="256" fill="${ground}"/><rect x="64" y="64" width="128" height="128" fill="${figure}"/></svg>`,
  )}`;
const BLUE = picture("#27408b", "#c8322b");
const YELLOW = picture("#d9a514", "#2b7a3d");

const MADE = "2026-01-01T12:00:00Z";
const words = { prompt: "a red square on a blue background", model: "pocket", batch: 2 } as const;
const job: Job = {
  ...placeholder("", { kind: "txt2img", width: 128, height: 96, ...words }, null, new Date(MADE)),
  id: "example",
  state: "PROCESSING",
};

/** A job in the middle of its work: one preview of two is there. */
export const PAINTING: JobView = {
  job,
  phase: "painting",
  ended: false,
  position: null,
  step: 12,
  steps: 20,
  eta: 8,
  progress: 0.6,
  previews: { 0: BLUE },
  nodes: {},
};

export const ASSET: Asset & { preview: string } = {
  id: "example",
  kind: "upload",
  name: "square.png",
  media_type: "image/png",
  size: 1000,
  sha256: "",
  width: 256,
  height: 256,
  prompt: words.prompt,
  model: words.model,
  job_id: null,
  place: 0,
  user_id: "",
  team_id: null,
  rating: 4,
  tags: [],
  temporary: false,
  storage: "hot",
  created_at: MADE,
  deleted_at: null,
  url: "",
  thumbnail_url: null,
  preview: BLUE,
};

const style = (name: string, title: string, thumbnail: string): Style => ({
  name,
  title,
  description: "",
  prompt: "{prompt}",
  negative_prompt: "",
  checkpoints: null,
  thumbnail,
});
export const STYLES = [style("flat", "Flat", BLUE), style("gradient", "Gradient", YELLOW)];

/** Everything that the editor marks: weights, files that are there and not, a bracket alone, what is only words here. */
export const PROMPT =
  "a (large:1.3) red (circle:0.7), ((glossy)), <lora:dusk:0.8> <lora:none:1> embedding:soft, [dim] (alone";
export const KNOWN = { loras: new Set(["dusk"]), embeddings: new Set(["soft"]) };
export const NOTES = [
  { severity: "error", message: "This bracket is never closed. Close it, or write \\(.", start: 96, end: 97 },
] as const;
