import fc from "fast-check";
import { expect, test } from "vitest";
import { FIRST, KINDS } from "@/features/workflows/form/fixtures";
import { neededOf, nodesOf } from "@/features/workflows/form/graph";
import { nodeStates } from "@/features/workflows/run/nodeStates";

const nodes = nodesOf(FIRST, KINDS);
const order = neededOf(nodes, KINDS);
const states = (told: Record<string, string>, job: Parameters<typeof nodeStates>[3]) =>
  Object.fromEntries(nodeStates(order, nodes, told, job));

test("who reloads while the sampler works is told that what it needs is done", () => {
  expect(states({}, { state: "PROCESSING", running: "3" })).toEqual({
    "3": "running",
    "4": "done",
    "5": "done",
    "6": "done",
    "7": "done",
    "8": "waiting",
    "9": "waiting",
  });
});

test("a kept result says nothing of what it was made of; at the end all that was needed is done", () => {
  const told = { "8": "cached", "9": "running" };
  expect(states(told, { state: "PROCESSING" })["3"]).toBe("waiting");
  expect(new Set(Object.values(states(told, { state: "COMPLETED" })))).toEqual(new Set(["done", "cached"]));
});

test("the node that failed is named, and nothing is at work after the end", () => {
  const after = states({ "3": "running", "4": "done" }, { state: "FAILED", failed: "3" });
  expect(after["3"]).toBe("failed");
  expect(after["8"]).toBe("waiting");
  expect(states({ "3": "running" }, { state: "CANCELLED" })["3"]).toBe("waiting");
});

test("every node has a state, whatever is told", () => {
  const anything = fc.dictionary(
    fc.constantFrom(...order, "99"),
    fc.constantFrom("running", "done", "cached", "failed", "x"),
  );
  const jobs = fc.record({
    state: fc.constantFrom("QUEUED", "PROCESSING", "COMPLETED", "FAILED", "CANCELLED"),
    running: fc.constantFrom(...order, "99", null),
  });
  fc.assert(
    fc.property(anything, jobs, (told, job) => {
      const found = nodeStates(order, nodes, told, job);
      expect([...found.keys()]).toEqual(order);
      if (job.state === "COMPLETED") expect([...found.values()]).not.toContain("running");
    }),
  );
});
