import type { Job, PageJob } from "@/api/schema.gen";
import { placeholder } from "@/jobs/optimistic";
import type { Work } from "@/jobs/request";

/** Jobs for tests, as the API would answer them. */
export function jobOf(changes: Partial<Job> = {}): Job {
  const request: Work = { kind: "txt2img", prompt: "a star", width: 168, height: 96 };
  return { ...placeholder("", request, null, new Date(0)), id: "a", state: "QUEUED", ...changes };
}

export const pageOf = (...jobs: Job[]): PageJob => ({ items: jobs, next_cursor: null });
