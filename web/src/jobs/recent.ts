import type { QueryClient } from "@tanstack/react-query";
import { $api } from "@/api/client";
import type { Job, PageJob } from "@/api/schema.gen";
import { withJob, withoutJob } from "@/jobs/optimistic";
import { hasEnded } from "@/jobs/request";
import { useLive } from "@/realtime/jobs";

const MINE = { params: { query: { mine: true, limit: 24 } } } as const;
const ALONE_MS = 5_000;
const options = () => $api.queryOptions("get", "/api/v1/jobs", MINE);

/** One's latest jobs, running and ended, the latest first. */
export function useRecentJobs() {
  const connected = useLive((state) => state.connection === "open");
  return $api.useQuery("get", "/api/v1/jobs", MINE, {
    staleTime: 5_000,
    // One question for all that run, where no live stream tells of them.
    refetchInterval: ({ state }) =>
      !connected && state.data?.items.some((job) => !hasEnded(job.state)) ? ALONE_MS : false,
  });
}

/** Puts a job in front of the latest ones, in the place of its stand-in. */
export function remember(client: QueryClient, job: Job, instead?: string): void {
  client.setQueryData<PageJob>(options().queryKey, (page) => withJob(page, job, instead));
}

export function forget(client: QueryClient, id: string): void {
  client.setQueryData<PageJob>(options().queryKey, (page) => withoutJob(page, id));
}
