import type { Job, Move } from "@/api/schema.gen";

export type Groups = { running: Job[]; waiting: Job[]; paused: Job[] };

const RUNS = new Set(["ASSIGNED", "PROCESSING"]);
const WAITS = new Set(["PENDING", "QUEUED"]);
const ENDED = new Set(["COMPLETED", "FAILED", "CANCELLED"]);

/** Those that have not ended, as far as the list says or is known besides (`over`), by what they do: what waits in the order in which it is painted, as far as that is known. */
export function grouped(jobs: readonly Job[], over: ReadonlySet<string> = new Set()): Groups {
  const groups: Groups = { running: [], waiting: [], paused: [] };
  for (const job of jobs) {
    if (ENDED.has(job.state) || over.has(job.id)) continue;
    if (job.paused) groups.paused.push(job);
    else if (RUNS.has(job.state)) groups.running.push(job);
    else groups.waiting.push(job);
  }
  groups.waiting.sort(byPlace);
  groups.running.sort((a, b) => compare(a.started_at ?? a.queued_at, b.started_at ?? b.queued_at));
  groups.paused.sort((a, b) => compare(a.created_at, b.created_at));
  return groups;
}

/** In line by place; then what is tried again later, and what came a moment ago and has no place yet. */
function byPlace(a: Job, b: Job): number {
  const [left, right] = [a.position ?? Number.POSITIVE_INFINITY, b.position ?? Number.POSITIVE_INFINITY];
  if (left !== right) return left - right;
  return compare(a.created_at, b.created_at) || compare(a.id, b.id);
}

const compare = (a: string | null, b: string | null) =>
  (a ?? "") < (b ?? "") ? -1 : (a ?? "") > (b ?? "") ? 1 : 0;

/** May this person move it? One's own alone that wait. */
export const movable = (job: Job, me: string | undefined): boolean =>
  job.user_id === me && WAITS.has(job.state) && !job.paused;

/** One's own jobs of a list, in its order. */
export const ownIds = (waiting: readonly Job[], me: string | undefined): string[] =>
  waiting.filter((job) => movable(job, me)).map((job) => job.id);

/**
 * What waits with one's own in a wanted order: they change places among themselves, each taking over place and time of
 * the one that stood there; others' stay. What is not among the wanted comes after them.
 */
export function arranged(waiting: readonly Job[], wanted: readonly string[], me: string | undefined): Job[] {
  const slots = waiting.filter((job) => movable(job, me));
  const rank = new Map(wanted.map((id, place) => [id, place]));
  const own = slots
    .map((job, place) => ({ job, place, rank: rank.get(job.id) ?? wanted.length + place }))
    .sort((a, b) => a.rank - b.rank || a.place - b.place);
  let next = 0;
  return waiting.map((job) => {
    const slot = slots[next];
    if (slot !== job) return job;
    const taken = own[next++]?.job ?? job;
    return taken === job
      ? job
      : { ...taken, position: job.position ?? null, eta_seconds: job.eta_seconds ?? null };
  });
}

/** A list with one of it elsewhere: `to` is its place afterwards. */
export function moved(ids: readonly string[], id: string, to: number): string[] {
  const others = ids.filter((one) => one !== id);
  if (others.length === ids.length) return [...ids];
  const place = Math.max(0, Math.min(others.length, to));
  return [...others.slice(0, place), id, ...others.slice(place)];
}

/** What asks the server for that: null where nothing would change. */
export function moveOf(ids: readonly string[], id: string, to: number): Move | null {
  const after = moved(ids, id, to);
  if (after.every((one, place) => one === ids[place])) return null;
  const place = after.indexOf(id);
  if (place === 0) return { to: "first" };
  const next = after[place + 1];
  return next === undefined ? { to: "last" } : { before_job_id: next };
}

/** Has the list come to stand as it was wanted? What is not in it any more does not count. */
export function stands(waiting: readonly Job[], wanted: readonly string[], me: string | undefined): boolean {
  const own = ownIds(waiting, me);
  const kept = wanted.filter((id) => own.includes(id));
  const there = own.filter((id) => kept.includes(id));
  return kept.every((id, place) => id === there[place]);
}
