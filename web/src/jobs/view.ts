import type { Job } from "@/api/schema.gen";
import { isSending } from "@/jobs/optimistic";
import { hasEnded } from "@/jobs/request";
import type { Live } from "@/realtime/jobs";

/** What a person is told that a job does. */
export type Phase =
  | "sending"
  | "paused"
  | "waiting"
  | "starting"
  | "painting"
  | "finishing"
  | "stopping"
  | "done"
  | "failed"
  | "cancelled";

/** A job as it is now: what was asked for, with what the live stream told since. */
export type JobView = {
  job: Job;
  phase: Phase;
  ended: boolean;
  /** Its place in line: 1 is next. */
  position: number | null;
  step: number | null;
  steps: number | null;
  /** Seconds until it is expected to be done. */
  eta: number | null;
  /** 0 to 1; null where that is not known. */
  progress: number | null;
  /** data: URLs by the picture's place. */
  previews: Record<number, string>;
  /** Of a workflow: node → running, done, failed, cached. */
  nodes: Record<string, string>;
};

const PHASES: Record<string, Phase> = {
  PENDING: "waiting",
  QUEUED: "waiting",
  ASSIGNED: "starting",
  PROCESSING: "painting",
  COMPLETED: "done",
  FAILED: "failed",
  CANCELLED: "cancelled",
};

/**
 * What the API answered, brought up to date by the live stream: pure. An end is final, wherever it was heard of first;
 * before the answer with the outputs is there, a completed job is "finishing". The stream is believed only while it is
 * `connected`: what it told before a break may be older than the answer.
 */
export function viewOf(job: Job, live: Live | undefined, connected: boolean): JobView {
  const heard = live !== undefined && connected;
  const ended = hasEnded(job.state);
  const running = heard && live.step !== null && !hasEnded(live.state) && live.sequence === 0;
  const state = ended || !heard || live.sequence === 0 ? (running ? "PROCESSING" : job.state) : live.state;
  const phase = phaseOf(job, state, ended, heard ? live.paused : job.paused);
  const works = phase === "painting" || phase === "stopping" || phase === "finishing";
  const [step, steps] = !works
    ? [null, null]
    : heard && live.step !== null
      ? [live.step, live.steps]
      : [job.step ?? null, job.steps ?? null];
  return {
    job,
    phase,
    ended,
    position: phase === "waiting" || phase === "paused" ? (job.position ?? null) : null,
    step,
    steps,
    eta: ended ? null : ((works && heard ? live.eta : null) ?? job.eta_seconds ?? null),
    progress: phase === "finishing" ? 1 : step !== null && steps ? step / steps : null,
    previews: live?.previews ?? {},
    nodes: live?.nodes ?? {},
  };
}

function phaseOf(job: Job, state: string, ended: boolean, paused: boolean): Phase {
  if (isSending(job.id)) return "sending";
  if (!ended && hasEnded(state)) return state === "COMPLETED" ? "finishing" : (PHASES[state] ?? "failed");
  if (!ended && paused) return "paused";
  if (!ended && job.cancel_requested) return "stopping";
  return PHASES[state] ?? "waiting";
}
