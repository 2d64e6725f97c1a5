import { create } from "zustand";
import type { JobEvent } from "@/realtime/events";

/** What is known of a job from the live stream alone; the rest is in the cache of queries. */
export type Live = {
  sequence: number;
  state: string;
  paused: boolean;
  step: number | null;
  steps: number | null;
  eta: number | null;
  /** data: URLs of the newest preview of each picture, by place. */
  previews: Record<number, string>;
  /** Of a workflow: node → running, done, failed, cached. */
  nodes: Record<string, string>;
};

const FRESH: Live = {
  sequence: 0,
  state: "QUEUED",
  paused: false,
  step: null,
  steps: null,
  eta: null,
  previews: {},
  nodes: {},
};

type Jobs = {
  /** Of the one WebSocket. */
  connection: "connecting" | "open" | "waiting" | "off";
  jobs: Record<string, Live>;
};

export const useLive = create<Jobs>(() => ({ connection: "off", jobs: {} }));

/** The jobs after an event: pure. What was seen before (its sequence is not larger) changes nothing. */
export function after(jobs: Record<string, Live>, event: JobEvent): Record<string, Live> {
  const seen = jobs[event.job_id] ?? FRESH;
  const next = step(seen, event);
  return next === seen ? jobs : { ...jobs, [event.job_id]: next };
}

function step(seen: Live, event: JobEvent): Live {
  switch (event.type) {
    case "state":
      if (event.sequence <= seen.sequence) return seen;
      return {
        ...(event.state === "QUEUED" ? FRESH : seen),
        sequence: event.sequence,
        state: event.state,
        paused: event.paused ?? false,
      };
    case "progress":
      return {
        ...seen,
        step: event.step ?? null,
        steps: event.steps ?? null,
        eta: event.eta_seconds ?? null,
      };
    case "preview":
      return {
        ...seen,
        previews: { ...seen.previews, [event.place ?? 0]: `data:${event.media_type};base64,${event.data}` },
      };
    case "node":
      return { ...seen, nodes: { ...seen.nodes, [event.node]: event.state } };
  }
}

/** What one job is doing now, or undefined where nothing was told of it. */
export const useLiveJob = (id: string | undefined): Live | undefined =>
  useLive((state) => (id ? state.jobs[id] : undefined));
