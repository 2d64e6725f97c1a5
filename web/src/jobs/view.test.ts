import fc from "fast-check";
import { expect, test } from "vitest";
import { jobOf } from "@/jobs/testing";
import { viewOf } from "@/jobs/view";
import type { JobEvent } from "@/realtime/events";
import { after, type Live } from "@/realtime/jobs";

const at = "2026-01-01T00:00:00Z";
const state = (sequence: number, name: string, more = {}): JobEvent =>
  ({ type: "state", id: sequence, job_id: "a", sequence, state: name, attempt: 1, at, ...more }) as JobEvent;
const progress = (step: number, node = "sampler"): JobEvent =>
  ({ type: "progress", job_id: "a", attempt: 1, node, step, steps: 20, eta_seconds: 4 }) as JobEvent;
const live = (...events: JobEvent[]): Live | undefined => events.reduce(after, {}).a;
const output = { asset_id: "p", place: 0, url: "/p" };

test("the stream brings an older answer up to date", () => {
  const view = viewOf(jobOf(), live(state(1, "QUEUED"), state(2, "PROCESSING"), progress(5)), true);
  expect(view).toMatchObject({ phase: "painting", step: 5, steps: 20, eta: 4, progress: 0.25 });
});

test("progress may come before its state", () => {
  expect(viewOf(jobOf(), live(progress(1)), true).phase).toBe("painting");
});

test("after the last step it is finishing", () => {
  const view = viewOf(jobOf(), live(state(2, "PROCESSING"), progress(20, "decode")), true);
  expect(view).toMatchObject({ phase: "finishing", progress: 1 });
});

test("a stream that was cut is not believed, but for an end", () => {
  const job = jobOf({ state: "PROCESSING", step: 9, steps: 20 });
  expect(viewOf(job, live(state(1, "QUEUED")), false)).toMatchObject({
    phase: "painting",
    step: 9,
    steps: 20,
  });
  const over = live(state(3, "COMPLETED", { outputs: [output] }));
  expect(viewOf(job, over, false)).toMatchObject({ phase: "done", ended: true });
});

test("an end that the stream tells of has its pictures, its price and its reason", () => {
  const done = viewOf(
    jobOf(),
    live(state(3, "COMPLETED", { outputs: [output], charged_microcredits: 5 })),
    true,
  );
  expect(done.job).toMatchObject({ state: "COMPLETED", outputs: [output], charged_microcredits: 5 });
  const error = { kind: "lost", detail: "Its worker was lost.", retryable: true };
  expect(viewOf(jobOf(), live(state(3, "FAILED", { error })), true).job.error).toEqual(error);
});

test("pausing, stopping and being in line", () => {
  expect(viewOf(jobOf({ paused: true, state: "PENDING", position: 2 }), undefined, true)).toMatchObject({
    phase: "paused",
    position: 2,
  });
  const stopping = viewOf(jobOf({ cancel_requested: true, state: "PROCESSING" }), live(progress(3)), true);
  expect(stopping).toMatchObject({ phase: "stopping", step: 3 });
  expect(viewOf(jobOf({ position: 4 }), live(state(2, "PROCESSING")), true).position).toBeNull();
});

test("an end stays, whatever the stream says, and progress is a share", () => {
  const names = fc.constantFrom("QUEUED", "ASSIGNED", "PROCESSING", "COMPLETED", "FAILED", "CANCELLED");
  const event = fc.oneof(
    fc
      .record({ sequence: fc.integer({ min: 1, max: 9 }), name: names })
      .map((one) => state(one.sequence, one.name)),
    fc.integer({ min: 0, max: 20 }).map((step) => progress(step)),
  );
  fc.assert(
    fc.property(fc.array(event), names, fc.boolean(), (events, name, connected) => {
      const job = jobOf({ state: name as "QUEUED" });
      const view = viewOf(job, live(...events), connected);
      if (["COMPLETED", "FAILED", "CANCELLED"].includes(name)) expect(view.job).toBe(job);
      expect(view.ended).toBe(["done", "failed", "cancelled"].includes(view.phase));
      if (view.progress !== null) expect(view.progress).toBeGreaterThanOrEqual(0);
      if (view.progress !== null) expect(view.progress).toBeLessThanOrEqual(1);
      if (view.ended) expect([view.eta, view.step, view.position]).toEqual([null, null, null]);
    }),
  );
});
