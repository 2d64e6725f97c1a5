import type { QueryClient } from "@tanstack/react-query";
import type { Job } from "@/api/schema.gen";
import { ACTIVE } from "@/features/queue/jobs";

type Change = (job: Job) => Job;

export const paused: Change = (job) => ({
  ...job,
  paused: true,
  state: "PENDING",
  position: null,
  eta_seconds: null,
});
export const resumed: Change = (job) => ({ ...job, paused: false, state: "QUEUED" });
/** What waits ends at once; what runs is asked to stop at its next step. */
export const cancelled: Change = (job) =>
  job.state === "PENDING" || job.state === "QUEUED"
    ? { ...job, state: "CANCELLED", position: null }
    : { ...job, cancel_requested: true };

/**
 * Shows a change of some jobs in every list before the server has answered; where it refuses, those jobs alone are put
 * back to what they were, as others may have gone on meanwhile. Throws what the server said.
 */
export async function optimistically<T>(
  client: QueryClient,
  jobs: readonly Job[],
  change: Change,
  send: () => Promise<T>,
): Promise<T> {
  // An answer that is on its way was written before this.
  await client.cancelQueries({ queryKey: ACTIVE });
  const ids = new Set(jobs.map((job) => job.id));
  const before = new Map<string, Job>();
  show(client, (job) => {
    if (!ids.has(job.id)) return job;
    if (!before.has(job.id)) before.set(job.id, job);
    return change(job);
  });
  try {
    return await send();
  } catch (error) {
    show(client, (job) => before.get(job.id) ?? job);
    throw error;
  } finally {
    void client.invalidateQueries({ queryKey: ["get", "/api/v1/jobs"] });
    void client.invalidateQueries({ queryKey: ["get", "/api/v1/credits"] });
  }
}

function show(client: QueryClient, change: Change): void {
  client.setQueriesData<Job[]>({ queryKey: ACTIVE }, (list) => {
    if (!list) return list;
    const next = list.map(change);
    return next.some((job, place) => job !== list[place]) ? next : list;
  });
}
