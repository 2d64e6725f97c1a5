import { expect, test } from "vitest";
import { concerns } from "@/realtime/refetch";

const jobs = new Set(["a"]);
const of = (path: string, id?: string) => ["get", path, id ? { params: { path: { job_id: id } } } : {}];

test("a job's own queries are asked again, others' are not", () => {
  expect(concerns(of("/api/v1/jobs/{job_id}", "a"), jobs, false)).toBe(true);
  expect(concerns(of("/api/v1/jobs/{job_id}", "b"), jobs, true)).toBe(false);
  expect(concerns(of("/api/v1/jobs/{job_id}/history", "a"), jobs, false)).toBe(true);
});

test("lists of jobs with each state; pictures and credits when one has ended", () => {
  expect(concerns(of("/api/v1/jobs"), jobs, false)).toBe(true);
  expect(concerns(of("/api/v1/credits"), jobs, false)).toBe(false);
  expect(concerns(of("/api/v1/credits"), jobs, true)).toBe(true);
  expect(concerns(["assets", { search: "fox" }], jobs, true)).toBe(true);
  expect(concerns(["assets"], jobs, false)).toBe(false);
});

test("what has nothing to do with jobs is left alone", () => {
  for (const key of [of("/api/v1/options"), ["verify-email", "t"], ["boards"], []])
    expect(concerns(key, jobs, true)).toBe(false);
});
