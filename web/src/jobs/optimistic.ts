import type { Job, Me, PageJob } from "@/api/schema.gen";
import { hasEnded, type Work } from "@/jobs/request";

/** Ids of jobs that are not submitted yet begin so: no route knows them. */
const SENDING = "sending:";
export const isSending = (id: string): boolean => id.startsWith(SENDING);

/** What a job looks like until the server has answered. */
export function placeholder(key: string, request: Work, me: Me | null | undefined, now: Date): Job {
  return {
    id: SENDING + key,
    kind: request.kind ?? "txt2img",
    state: "PENDING",
    paused: false,
    request,
    user_id: me?.id ?? "",
    team_id: null,
    attempt: 0,
    position: null,
    eta_seconds: null,
    not_before: null,
    cancel_requested: false,
    error: null,
    outputs: [],
    reserved_microcredits: 0,
    charged_microcredits: null,
    retried_from: null,
    created_at: now.toISOString(),
    queued_at: null,
    started_at: null,
    finished_at: null,
  } as Job;
}

/** A list with a job in front; what has its id, or stood in for it (`instead`), goes. */
export function withJob(page: PageJob | undefined, job: Job, instead?: string): PageJob | undefined {
  if (!page) return page;
  const place = page.items.findIndex((one) => one.id === instead || one.id === job.id);
  const others = page.items.filter((one) => one.id !== instead && one.id !== job.id);
  others.splice(Math.max(0, place), 0, job);
  return { ...page, items: others };
}

/** A list without a job. */
export function withoutJob(page: PageJob | undefined, id: string): PageJob | undefined {
  return page && { ...page, items: page.items.filter((one) => one.id !== id) };
}

/** A job that was asked to stop: what waits ends at once, what runs at its next step. */
export function stopped(job: Job): Job {
  if (hasEnded(job.state)) return job;
  const waits = job.state === "PENDING" || job.state === "QUEUED";
  return waits ? { ...job, state: "CANCELLED", position: null } : { ...job, cancel_requested: true };
}
