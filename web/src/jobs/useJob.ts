import { useMemo } from "react";
import { $api } from "@/api/client";
import type { Job } from "@/api/schema.gen";
import { isSending } from "@/jobs/optimistic";
import { hasEnded } from "@/jobs/request";
import { type JobView, viewOf } from "@/jobs/view";
import { useLive, useLiveJob } from "@/realtime/jobs";

/** A job's place in the cache. */
export const jobOptions = (id: string) =>
  $api.queryOptions("get", "/api/v1/jobs/{job_id}", { params: { path: { job_id: id } } });

/** How often a job is asked for: seldom while the live stream tells of it; its place in line is in no event. */
const ASK = { connected: 15_000, inLine: 5_000, alone: 5_000 } as const;

function pause(job: Job | undefined, connected: boolean): number | false {
  if (job && hasEnded(job.state)) return false;
  if (!connected) return ASK.alone;
  return job?.state === "QUEUED" ? ASK.inLine : ASK.connected;
}

/** A job that a list keeps up to date, with what the live stream adds: nothing is asked for. */
export function useListed(job: Job): JobView {
  const connected = useLive((state) => state.connection === "open");
  const live = useLiveJob(job.id);
  return useMemo(() => viewOf(job, live, connected), [job, live, connected]);
}

/**
 * A job, asked for once and kept up to date by the live stream; without one it is asked for again and again. `known` is
 * what a list or a submission has said of it already, so that nothing is waited for.
 */
export function useJob(
  id: string,
  known?: Job,
): { view: JobView | undefined; job: Job | undefined; error: unknown; refetch: () => void } {
  const connected = useLive((state) => state.connection === "open");
  const live = useLiveJob(id);
  const { data, error, refetch } = $api.useQuery(
    "get",
    "/api/v1/jobs/{job_id}",
    { params: { path: { job_id: id } } },
    {
      enabled: !isSending(id) && !(known && hasEnded(known.state)),
      ...(known ? { initialData: known, initialDataUpdatedAt: 0 } : {}),
      refetchInterval: (query) => pause(query.state.data, connected),
      staleTime: (query) =>
        query.state.data && hasEnded(query.state.data.state) ? Number.POSITIVE_INFINITY : 2_000,
    },
  );
  // Whichever of them knows the end.
  const job = known && hasEnded(known.state) && !(data && hasEnded(data.state)) ? known : (data ?? known);
  const view = useMemo(() => (job ? viewOf(job, live, connected) : undefined), [job, live, connected]);
  return { view, job, error: job ? null : error, refetch: () => void refetch() };
}
