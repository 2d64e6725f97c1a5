import fc from "fast-check";
import { expect, test } from "vitest";
import type { Job } from "@/api/schema.gen";
import { arranged, grouped, moved, moveOf, ownIds, stands } from "@/features/queue/order";

const ME = "me";
const job = (id: string, more: Partial<Job> = {}): Job =>
  ({
    id,
    user_id: ME,
    state: "QUEUED",
    paused: false,
    position: null,
    eta_seconds: null,
    created_at: "2026-01-01T00:00:00Z",
    started_at: null,
    queued_at: null,
    ...more,
  }) as Job;

/** A line of up to twelve jobs, some of them others'. */
const line = fc
  .uniqueArray(fc.nat(99), { minLength: 1, maxLength: 12 })
  .chain((ids) =>
    fc.tuple(fc.constant(ids), fc.array(fc.boolean(), { minLength: ids.length, maxLength: ids.length })),
  )
  .map(([ids, mine]) =>
    ids.map((id, place) =>
      job(String(id), { position: place + 1, eta_seconds: place * 10, user_id: mine[place] ? ME : "other" }),
    ),
  );
const wanting = line.chain((jobs) => fc.tuple(fc.constant(jobs), fc.shuffledSubarray(ownIds(jobs, ME))));

/** What the server does with a request to move (docs/jobs.md), on one's own jobs in line. */
function served(ids: string[], id: string, move: ReturnType<typeof moveOf>): string[] {
  if (!move) return ids;
  const others = ids.filter((one) => one !== id);
  if (move.to === "first") return [id, ...others];
  if (move.to === "last") return [...others, id];
  const at = others.indexOf(move.before_job_id ?? "");
  return [...others.slice(0, at), id, ...others.slice(at)];
}

test("what is asked of the server is what is shown before it answers", () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 9 }),
      fc.nat(20),
      fc.integer({ min: -3, max: 20 }),
      (ids, which, to) => {
        const id = ids[which % ids.length] ?? "";
        expect(served(ids, id, moveOf(ids, id, to))).toEqual(moved(ids, id, to));
      },
    ),
  );
});

test("one's own change places among themselves; others' and the places in line stay", () => {
  fc.assert(
    fc.property(wanting, ([jobs, wanted]) => {
      const after = arranged(jobs, wanted, ME);
      expect(after.map((one) => one.position)).toEqual(jobs.map((one) => one.position));
      expect(after.map((one) => one.id).sort()).toEqual(jobs.map((one) => one.id).sort());
      for (const [place, one] of jobs.entries()) if (one.user_id !== ME) expect(after[place]).toBe(one);
      expect(ownIds(after, ME).slice(0, wanted.length)).toEqual(wanted);
      expect(stands(after, wanted, ME)).toBe(true);
    }),
  );
});

test("a wanted order of jobs that have begun or ended meanwhile holds nothing up", () => {
  const jobs = [job("a", { position: 1 }), job("b", { position: 2 })];
  expect(stands(jobs, ["gone", "a", "b"], ME)).toBe(true);
  expect(stands(jobs, ["b", "gone", "a"], ME)).toBe(false);
  expect(arranged(jobs, ["gone"], ME)).toEqual(jobs);
});

test("what has ended by the stream is not shown as waiting, what is paused stands apart", () => {
  const groups = grouped(
    [
      job("third", { position: 3 }),
      job("new", { created_at: "2026-01-02T00:00:00Z" }),
      job("first", { position: 1 }),
      job("paused", { state: "PENDING", paused: true }),
      job("runs", { state: "PROCESSING" }),
      job("over", { state: "PROCESSING" }),
      job("done", { state: "COMPLETED" }),
    ],
    new Set(["over"]),
  );
  expect(groups.waiting.map((one) => one.id)).toEqual(["first", "third", "new"]);
  expect(groups.paused.map((one) => one.id)).toEqual(["paused"]);
  expect(groups.running.map((one) => one.id)).toEqual(["runs"]);
});
