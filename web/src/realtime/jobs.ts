import { create } from "zustand";
import type { JobError, OutputLink } from "@/api/schema.gen";
import { onAnother } from "@/lib/owner";
import type { JobEvent } from "@/realtime/events";
import type { Connection } from "@/realtime/socket";

/** What is known of a job from the live stream alone; the rest is in the cache of queries. */
export type Live = {
  /** Of the newest state; 0 where only fleeting events have come. */
  sequence: number;
  state: string;
  paused: boolean;
  attempt: number;
  /** When the newest state began. */
  at: string;
  step: number | null;
  steps: number | null;
  eta: number | null;
  /** What works: text, sampler, decode, store, or a node of a workflow. */
  node: string | null;
  /** data: URLs of the newest preview of each picture, by place. */
  previews: Record<number, string>;
  /** Of a workflow: node → running, done, failed, cached. */
  nodes: Record<string, string>;
  /** Of a completed job. */
  outputs: OutputLink[];
  /** Of a failed one. */
  error: JobError | null;
  /** Of one that has ended. */
  charged: number | null;
};

const FRESH: Live = {
  sequence: 0,
  state: "QUEUED",
  paused: false,
  attempt: 0,
  at: "",
  step: null,
  steps: null,
  eta: null,
  node: null,
  previews: {},
  nodes: {},
  outputs: [],
  error: null,
  charged: null,
};

export const ENDED = new Set(["COMPLETED", "FAILED", "CANCELLED"]);
/** Of jobs that have ended so many are remembered, with their previews. */
const KEPT = 100;

type Jobs = {
  /** Of the one WebSocket. */
  connection: Connection;
  jobs: Record<string, Live>;
};

export const useLive = create<Jobs>(() => ({ connection: "off", jobs: {} }));
onAnother(() => useLive.setState({ jobs: {} }));

/** The jobs after an event: pure. What was seen before, or belongs to what is over, changes nothing. */
export function after(jobs: Record<string, Live>, event: JobEvent): Record<string, Live> {
  const seen = jobs[event.job_id] ?? FRESH;
  const next = step(seen, event);
  return next === seen ? jobs : { ...jobs, [event.job_id]: next };
}

function step(seen: Live, event: JobEvent): Live {
  if (event.type === "state") {
    if (event.sequence <= seen.sequence) return seen;
    const attempt = event.attempt ?? 0;
    // A new attempt begins from nothing; what was told of it before its state stays.
    const base = attempt > seen.attempt || event.state === "QUEUED" ? FRESH : seen;
    return {
      ...base,
      sequence: event.sequence,
      state: event.state,
      paused: event.paused ?? false,
      attempt: Math.max(attempt, seen.attempt),
      at: event.at,
      outputs: event.outputs ?? [],
      error: event.error ?? null,
      charged: event.charged_microcredits ?? null,
    };
  }
  if (ENDED.has(seen.state) || event.attempt < seen.attempt) return seen;
  const base = event.attempt > seen.attempt ? { ...begun(seen), attempt: event.attempt } : seen;
  switch (event.type) {
    case "progress":
      return {
        ...base,
        node: event.node ?? null,
        step: event.step,
        steps: event.steps,
        eta: event.eta_seconds ?? null,
      };
    case "preview":
      return {
        ...base,
        previews: { ...base.previews, [event.place ?? 0]: `data:${event.media_type};base64,${event.data}` },
      };
    case "node":
      return { ...base, nodes: { ...base.nodes, [event.node]: event.state } };
  }
}

/** A new attempt was heard of before its state: what was told of the one before is forgotten, the state is not. */
const begun = (seen: Live): Live => ({
  ...seen,
  step: null,
  steps: null,
  eta: null,
  node: null,
  previews: {},
  nodes: {},
});

/** Forgets the oldest of many jobs that have ended: a page may stay open for weeks. */
export function pruned(jobs: Record<string, Live>): Record<string, Live> {
  const ended = Object.entries(jobs).filter(([, live]) => ENDED.has(live.state));
  if (ended.length <= 2 * KEPT) return jobs;
  ended.sort(([, a], [, b]) => (a.at < b.at ? -1 : 1));
  const gone = new Set(ended.slice(0, -KEPT).map(([id]) => id));
  return Object.fromEntries(Object.entries(jobs).filter(([id]) => !gone.has(id)));
}

/** What one job is doing now, or undefined where nothing was told of it. */
export const useLiveJob = (id: string | undefined): Live | undefined =>
  useLive((state) => (id ? state.jobs[id] : undefined));
