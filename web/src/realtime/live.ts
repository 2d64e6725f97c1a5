import { refreshSession } from "@/api/session";
import type { JobEvent } from "@/realtime/events";
import { after, ENDED, pruned, useLive } from "@/realtime/jobs";
import { refetchAll, refetchFor, refetchJobs } from "@/realtime/refetch";
import { openSocket } from "@/realtime/socket";

/** Events are taken together: a catch-up of hundreds, or ten jobs' previews, draw the page once. */
const TOGETHER_MS = 30;
const ANSWER_MS = 10_000;

type Ended = (jobId: string, state: string) => void;
const listeners = new Set<Ended>();

/** Calls `heard` for each job whose end is told, once. Returns what takes it back. */
export function onEnded(heard: Ended): () => void {
  listeners.add(heard);
  return () => listeners.delete(heard);
}

/** Fails when an answer takes so long that there is none. */
const tooLong = () =>
  new Promise<never>((_, fail) => setTimeout(() => fail(new Error("no answer")), ANSWER_MS));

let current: { close: () => void; now: () => void } | undefined;

/** Connect now, not when the back-off says. */
export const retryNow = () => current?.now();

/** Tells the page what happens to jobs, for as long as it is not taken back. */
export function startLive(): () => void {
  let waiting: JobEvent[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;

  function flush() {
    timer = undefined;
    const events = waiting;
    waiting = [];
    take(events);
  }

  const socket = openSocket({
    event(event) {
      waiting.push(event);
      timer ??= setTimeout(flush, TOGETHER_MS);
    },
    // The first time too: jobs that were asked for before it stood may have gone on in between.
    opened: (again) => (again ? refetchAll() : refetchJobs()),
    status: (connection) => useLive.setState({ connection }),
    expecting: () => Object.values(useLive.getState().jobs).some(({ state }) => !ENDED.has(state)),
    refused: async () => {
      try {
        const me = await Promise.race([refreshSession(), tooLong()]);
        return me?.permissions.includes("job:read") ?? false;
      } catch {
        // Nobody answers: that is no refusal.
        return true;
      }
    },
  });
  current = socket;
  return () => {
    clearTimeout(timer);
    socket.close();
    if (current === socket) current = undefined;
    useLive.setState({ jobs: {} });
  };
}

/** Takes events over into the store, the cache of queries, and to who listens. */
export function take(events: JobEvent[]): void {
  const before = useLive.getState().jobs;
  let jobs = before;
  const ended: [string, string][] = [];
  for (const event of events) {
    const next = after(jobs, event);
    if (next === jobs) continue;
    jobs = next;
    if (event.type !== "state") continue;
    refetchFor(event.job_id, ENDED.has(event.state));
    if (ENDED.has(event.state)) ended.push([event.job_id, event.state]);
  }
  if (jobs === before) return;
  useLive.setState({ jobs: pruned(jobs) });
  for (const [id, state] of ended) for (const heard of listeners) heard(id, state);
}
