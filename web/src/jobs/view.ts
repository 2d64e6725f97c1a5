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

/** What works once all steps are done. */
const LAST = new Set(["decode", "store"]);

/**
 * What the API answered, brought up to date by the live stream: pure. An end is final, wherever it was heard of first.
 * Otherwise the stream is believed only while it is `connected`: what it told before a break may be older than the answer.
 */
export function viewOf(answered: Job, live: Live | undefined, connected: boolean): JobView {
  const job = live ? ended(answered, live) : answered;
  const over = hasEnded(job.state);
  const heard = !over && connected ? live : undefined;
  const phase = phaseOf(job, heard);
  const works = phase === "painting" || phase === "stopping" || phase === "finishing";
  const [step, steps] = !works
    ? [null, null]
    : heard && heard.step !== null
      ? [heard.step, heard.steps]
      : [job.step ?? null, job.steps ?? null];
  const waits = phase === "waiting" || phase === "paused";
  return {
    job,
    phase,
    ended: over,
    position: waits ? (job.position ?? null) : null,
    step,
    steps,
    eta: over || phase === "paused" ? null : ((works ? heard?.eta : null) ?? job.eta_seconds ?? null),
    progress: phase === "finishing" ? 1 : step !== null && steps ? step / steps : null,
    previews: live?.previews ?? {},
    nodes: live?.nodes ?? {},
  };
}

/** The job with the end that the stream told of, until the next answer says the same. */
function ended(job: Job, live: Live): Job {
  if (hasEnded(job.state) || !hasEnded(live.state)) return job;
  return {
    ...job,
    state: live.state as Job["state"],
    paused: false,
    position: null,
    outputs: live.outputs,
    error: live.error,
    charged_microcredits: live.charged,
  };
}

function phaseOf(job: Job, heard: Live | undefined): Phase {
  if (isSending(job.id)) return "sending";
  if (hasEnded(job.state)) return PHASES[job.state] ?? "done";
  if (heard && heard.sequence > 0 ? heard.paused : job.paused) return "paused";
  if (job.cancel_requested) return "stopping";
  // Progress may be told of before its state.
  const begun = heard?.step != null;
  const state = heard && heard.sequence > 0 ? heard.state : begun ? "PROCESSING" : job.state;
  if (state === "PROCESSING" && LAST.has(heard?.node ?? job.node ?? "")) return "finishing";
  return PHASES[state] ?? "waiting";
}
