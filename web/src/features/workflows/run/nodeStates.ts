import { type GraphNode, linkTo } from "@/features/workflows/form/graph";

export type NodeState = "waiting" | "running" | "done" | "cached" | "failed";
const STATES = new Set<string>(["running", "done", "cached", "failed"]);

/**
 * How far each node is: what was told of it, and what follows of that. News of nodes are fleeting, and who reloads in
 * mid-run has heard of the later ones alone: what a node at work takes from must have been done. Of a completed run all
 * that was needed is done.
 */
export function nodeStates(
  order: readonly string[],
  nodes: ReadonlyMap<string, GraphNode>,
  told: Readonly<Record<string, string>>,
  job: { state: string; running?: string | null | undefined; failed?: string | null | undefined },
): Map<string, NodeState> {
  const states = new Map<string, NodeState>();
  for (const id of order) {
    const state = told[id];
    states.set(id, state !== undefined && STATES.has(state) ? (state as NodeState) : "waiting");
  }
  if (job.running && states.get(job.running) === "waiting") states.set(job.running, "running");
  if (job.failed && states.has(job.failed)) states.set(job.failed, "failed");
  // From the end on, so that what is concluded of one node is there for those before it.
  for (const id of [...order].reverse()) {
    const state = states.get(id);
    if (state === "waiting" || state === "cached") continue;
    for (const value of Object.values(nodes.get(id)?.inputs ?? {})) {
      const before = linkTo(value);
      if (before !== undefined && states.get(before) === "waiting") states.set(before, "done");
    }
  }
  const over = job.state === "COMPLETED" || job.state === "FAILED" || job.state === "CANCELLED";
  for (const [id, state] of states) {
    if (job.state === "COMPLETED" && (state === "waiting" || state === "running")) states.set(id, "done");
    else if (over && state === "running") states.set(id, "waiting");
  }
  return states;
}
