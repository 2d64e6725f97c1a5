import fc from "fast-check";
import { expect, test } from "vitest";
import { isSending, placeholder, stopped, withJob, withoutJob } from "@/jobs/optimistic";
import { jobOf, pageOf } from "@/jobs/testing";

const ids = (page: ReturnType<typeof withJob>) => page?.items.map((job) => job.id);

test("a press is seen in front at once, and the accepted job takes its place", () => {
  const shown = placeholder("key", { kind: "txt2img", prompt: "a star" }, null, new Date(0));
  const pressed = withJob(pageOf(jobOf({ id: "old" })), shown);
  expect(ids(pressed)).toEqual([shown.id, "old"]);
  expect(isSending(shown.id)).toBe(true);
  const meanwhile = withJob(pressed, jobOf({ id: "other" }));
  expect(ids(withJob(meanwhile, jobOf({ id: "new" }), shown.id))).toEqual(["other", "new", "old"]);
});

test("a refused press leaves the list as it was", () => {
  const before = pageOf(jobOf({ id: "old" }));
  const shown = placeholder("key", { kind: "txt2img", prompt: "a star" }, null, new Date(0));
  expect(withoutJob(withJob(before, shown), shown.id)).toEqual(before);
});

test("no job is ever twice in the list", () => {
  const known = fc.uniqueArray(fc.string({ minLength: 1 }), { maxLength: 8 });
  fc.assert(
    fc.property(known, fc.string({ minLength: 1 }), fc.option(fc.string()), (old, id, instead) => {
      const page = withJob(
        pageOf(...old.map((one) => jobOf({ id: one }))),
        jobOf({ id }),
        instead ?? undefined,
      );
      const found = ids(page) ?? [];
      expect(new Set(found).size).toBe(found.length);
      expect(found).toContain(id);
      expect(old.filter((one) => one !== instead).every((one) => found.includes(one))).toBe(true);
    }),
  );
});

test("what waits ends at once, what runs is asked, what has ended stays", () => {
  expect(stopped(jobOf({ state: "QUEUED", position: 3 }))).toMatchObject({
    state: "CANCELLED",
    position: null,
  });
  expect(stopped(jobOf({ state: "PROCESSING" }))).toMatchObject({
    state: "PROCESSING",
    cancel_requested: true,
  });
  const done = jobOf({ state: "COMPLETED" });
  expect(stopped(done)).toBe(done);
});

test("lists that nobody has asked for stay unknown", () => {
  expect(withJob(undefined, jobOf())).toBeUndefined();
  expect(withoutJob(undefined, "a")).toBeUndefined();
});
