import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo } from "react";
import { $api } from "@/api/client";
import type { Job } from "@/api/schema.gen";
import { isSending } from "@/jobs/optimistic";
import { hasEnded } from "@/jobs/request";
import { type JobView, viewOf } from "@/jobs/view";
import { useLive, useLiveJob } from "@/realtime/jobs";

/** A job's place in the cache. */
export const jobOptions = (id: string) =>
  $api.queryOptions("get", "/api/v1/jobs/{job_id}", { params: { path: { job_id: id } } });

/** How often a job is asked for: seldom while the live stream tells of it. */
const ASK = { connected: 15_000, alone: 2_000 } as const;

/**
 * A job, asked for once and kept up to date by the live stream; without one it is asked for again and again. `known` is
 * what a list or a submission has said of it already, so that nothing is waited for.
 */
export function useJob(
  id: string,
  known?: Job,
): { view: JobView | undefined; job: Job | undefined; error: unknown; refetch: () => void } {
  const client = useQueryClient();
  const connected = useLive((state) => state.connection === "open");
  const live = useLiveJob(id);
  const options = jobOptions(id);
  const { data, error, refetch } = $api.useQuery(
    "get",
    "/api/v1/jobs/{job_id}",
    { params: { path: { job_id: id } } },
    {
      enabled: !isSending(id) && !(known && hasEnded(known.state)),
      ...(known ? { initialData: known, initialDataUpdatedAt: 0 } : {}),
      refetchInterval: (query) =>
        query.state.data && hasEnded(query.state.data.state) ? false : connected ? ASK.connected : ASK.alone,
      staleTime: (query) =>
        query.state.data && hasEnded(query.state.data.state) ? Number.POSITIVE_INFINITY : 2_000,
    },
  );
  const job = data ?? known;
  const missing = job !== undefined && !hasEnded(job.state) && live !== undefined && hasEnded(live.state);
  // The stream tells that it has ended; its pictures, its price and why are in the answer.
  useEffect(() => {
    if (!missing) return;
    void client.invalidateQueries({ queryKey: options.queryKey });
    void client.invalidateQueries({ queryKey: ["get", "/api/v1/jobs"] });
    void client.invalidateQueries({ queryKey: ["get", "/api/v1/credits"] });
    void client.invalidateQueries({ queryKey: ["get", "/api/v1/assets"] });
  }, [missing, client, options.queryKey]);
  const view = useMemo(() => (job ? viewOf(job, live, connected) : undefined), [job, live, connected]);
  return { view, job, error: job ? null : error, refetch: () => void refetch() };
}
