import type { Job, NewJob } from "@/api/schema.gen";

/** What a job may be asked for: plain fields of a kind, or a workflow. */
export type Work = NewJob["request"];
export type Output = Job["outputs"][number];

/** A request in plain fields that paints by a prompt. */
export type Painting = Extract<Work, { prompt: string }>;

export const paints = (request: Work): request is Painting => "prompt" in request;

/** The words of a request; of what has none, an empty text. */
export const promptOf = (request: Work): string => (paints(request) ? request.prompt : "");

/** Pictures that a request gives. */
export const countOf = (request: Work): number => (paints(request) ? (request.batch ?? 1) : 1);

/** Width to height of what comes out, or undefined where the request does not say. */
export function ratioOf(request: Work): number | undefined {
  if (!("width" in request) || !("height" in request)) return undefined;
  const { width, height } = request;
  return typeof width === "number" && typeof height === "number" && height > 0 ? width / height : undefined;
}

const ENDED: ReadonlySet<string> = new Set(["COMPLETED", "FAILED", "CANCELLED"]);
export const hasEnded = (state: string): boolean => ENDED.has(state);

/** A job's pictures; what it only previewed counts where there is nothing else. */
export function outputsOf(job: Job): Output[] {
  const kept = job.outputs.filter((output) => output.folder !== "temp");
  return kept.length > 0 ? kept : job.outputs;
}
