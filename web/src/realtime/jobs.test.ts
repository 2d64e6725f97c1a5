import fc from "fast-check";
import { expect, test } from "vitest";
import type { JobEvent } from "@/realtime/events";
import { after, ENDED, type Live, pruned } from "@/realtime/jobs";

const at = (sequence: number) => new Date(1_767_225_600_000 + sequence * 1000).toISOString();
type Name = "QUEUED" | "ASSIGNED" | "PROCESSING" | "COMPLETED" | "FAILED" | "CANCELLED";
const state = (job: string, sequence: number, name: Name, attempt = 1): JobEvent => ({
  type: "state",
  id: sequence * 10 + job.charCodeAt(0),
  job_id: job,
  sequence,
  state: name,
  attempt,
  at: at(sequence),
});
const progress = (job: string, attempt: number, step: number): JobEvent => ({
  type: "progress",
  job_id: job,
  attempt,
  step,
  steps: 20,
  eta_seconds: 20 - step,
});
const preview = (job: string, attempt: number, step: number): JobEvent => ({
  type: "preview",
  job_id: job,
  attempt,
  step,
  media_type: "image/jpeg",
  data: `${step}`,
});

/** What the server tells of one job from its beginning to its end, with a failed attempt or without. */
const life = (job: string) =>
  fc
    .record({
      failures: fc.integer({ min: 0, max: 2 }),
      steps: fc.integer({ min: 1, max: 4 }),
      end: fc.constantFrom<Name>("COMPLETED", "FAILED", "CANCELLED"),
    })
    .map(({ failures, steps, end }) => {
      const told: JobEvent[] = [];
      let sequence = 0;
      for (let attempt = 1; attempt <= failures + 1; attempt++) {
        told.push(state(job, ++sequence, "QUEUED", attempt - 1));
        told.push(state(job, ++sequence, "ASSIGNED", attempt), state(job, ++sequence, "PROCESSING", attempt));
        for (let step = 1; step <= steps; step++)
          told.push(progress(job, attempt, step), preview(job, attempt, step));
      }
      told.push(state(job, ++sequence, end, failures + 1));
      return told;
    });

const play = (events: JobEvent[]) => events.reduce(after, {} as Record<string, Live>);
/** What all who come again must agree on; how far a job was when it ended is fleeting. */
const lasting = (jobs: Record<string, Live>) =>
  Object.fromEntries(
    Object.entries(jobs).map(([id, { sequence, state, paused, attempt, at, outputs, error, charged }]) => [
      id,
      { sequence, state, paused, attempt, at, outputs, error, charged },
    ]),
  );

/** Two jobs' events as they come, each job's in order; the server numbers states as they are written. */
const timeline = fc.tuple(life("a"), life("b"), fc.infiniteStream(fc.boolean())).map(([a, b, coin]) => {
  const [left, right, all] = [[...a], [...b], [] as JobEvent[]];
  for (const heads of coin) {
    const next = (heads ? left : right).shift() ?? left.shift() ?? right.shift();
    if (!next) return all;
    all.push(next.type === "state" ? { ...next, id: all.length + 1 } : next);
  }
  return all;
});

/** Ids are drawn before they can be seen: neighbours of different jobs may come in the other order. */
const LATE = 3;
function delayed(all: JobEvent[], coin: () => number): JobEvent[] {
  const out = [...all];
  for (let place = 0; place + 1 < out.length; place++) {
    const [one, two] = [out[place], out[place + 1]];
    if (!one || !two || one.job_id === two.job_id || coin() > 3) continue;
    out[place] = two;
    out[place + 1] = one;
    place += 1;
  }
  return out;
}

/** A client whose connection breaks again and again, and that misses what is fleeting: all that it gets to hear. */
function heardOf(all: JobEvent[], dice: () => number): JobEvent[] {
  const heard: JobEvent[] = [];
  let last = 0;
  let away = false;
  const hear = (event: JobEvent) => {
    heard.push(event);
    if (event.type === "state") last = Math.max(last, event.id);
  };
  // Delivered once more, however old it is.
  const again = () => {
    const old = heard[(dice() * 7 + dice()) % Math.max(1, heard.length)];
    if (old) hear(old);
  };
  const catchUp = (until: number) => {
    const since = last - LATE;
    const written = all.slice(0, until).filter((event) => event.type === "state" && event.id > since);
    for (const event of written.sort((a, b) => ("id" in a && "id" in b ? a.id - b.id : 0))) hear(event);
    away = false;
  };
  for (const [place, event] of all.entries()) {
    const fate = dice();
    if (fate === 0) away = true;
    if (away && fate === 1) catchUp(place);
    if (away || (event.type !== "state" && fate < 5)) continue;
    hear(event);
    if (fate === 9) again();
  }
  catchUp(all.length);
  again();
  return heard;
}

test("whatever is lost, repeated or late, who has caught up knows the same as who heard all", () => {
  fc.assert(
    fc.property(timeline, fc.infiniteStream(fc.nat(9)), (all, rolls) => {
      const roll = rolls[Symbol.iterator]();
      const dice = () => roll.next().value ?? 0;
      const told = delayed(all, dice);
      expect(lasting(play(heardOf(told, dice)))).toEqual(lasting(play(all)));
    }),
    { numRuns: 500 },
  );
});

test("the state never goes back, and nothing is told of what has ended", () => {
  fc.assert(
    fc.property(fc.shuffledSubarray([...Array(12).keys()]), life("a"), (order, events) => {
      let jobs: Record<string, Live> = {};
      for (const place of order) {
        const event = events[place];
        if (!event) continue;
        const before = jobs.a;
        jobs = after(jobs, event);
        expect(jobs.a?.sequence ?? 0).toBeGreaterThanOrEqual(before?.sequence ?? 0);
        expect(jobs.a?.attempt ?? 0).toBeGreaterThanOrEqual(before?.attempt ?? 0);
        if (before && ENDED.has(before.state) && event.type !== "state") expect(jobs.a).toBe(before);
      }
    }),
    { numRuns: 200 },
  );
});

test("what was seen before changes nothing: not even the object", () => {
  const once = play([state("a", 1, "QUEUED"), state("a", 2, "PROCESSING")]);
  expect(after(once, state("a", 1, "QUEUED"))).toBe(once);
  expect(after(once, state("a", 2, "PROCESSING"))).toBe(once);
});

test("an attempt's previews go with it", () => {
  const first = play([state("a", 1, "PROCESSING", 1), progress("a", 1, 5), preview("a", 1, 5)]);
  expect(first.a).toMatchObject({ step: 5, previews: { 0: "data:image/jpeg;base64,5" } });
  // Told of the second before its state: the first's are forgotten, and do not come back.
  const second = after(first, progress("a", 2, 1));
  expect(second.a).toMatchObject({ step: 1, attempt: 2, previews: {}, state: "PROCESSING" });
  expect(after(second, preview("a", 1, 6))).toBe(second);
});

test("of thousands that have ended the latest are remembered, and all that are under way", () => {
  const events = Array.from({ length: 500 }, (_, n) => state(`job${n}`, n + 1, "COMPLETED"));
  const jobs = pruned(play([state("running", 1, "PROCESSING"), ...events]));
  expect(Object.keys(jobs)).toHaveLength(101);
  expect(jobs.running).toBeDefined();
  expect(jobs.job499).toBeDefined();
  expect(jobs.job0).toBeUndefined();
});
