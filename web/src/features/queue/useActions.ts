import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api } from "@/api/client";
import { sentence } from "@/api/problem";
import type { Job } from "@/api/schema.gen";
import { toast } from "@/design/Toaster";
import { cancelled, optimistically, paused, resumed } from "@/features/queue/changes";
import { t } from "@/i18n";
import { useRetryJob } from "@/jobs/actions";

const pathOf = (job: Job) => ({ params: { path: { job_id: job.id } } });
/** Requests at a time when many are changed. */
const AT_ONCE = 4;

const WAYS = {
  pause: { change: paused, send: (job: Job) => api.POST("/api/v1/jobs/{job_id}/pause", pathOf(job)) },
  resume: { change: resumed, send: (job: Job) => api.POST("/api/v1/jobs/{job_id}/resume", pathOf(job)) },
  cancel: { change: cancelled, send: (job: Job) => api.DELETE("/api/v1/jobs/{job_id}", pathOf(job)) },
} as const;
export type Way = keyof typeof WAYS;

/** Pause, resume, cancel: shown before the server has answered, and put back where it refuses. */
export function useChange() {
  const client = useQueryClient();
  return useMutation({
    meta: { quiet: true },
    mutationFn: ({ job, way }: { job: Job; way: Way }) =>
      optimistically(client, [job], WAYS[way].change, () => WAYS[way].send(job)),
    onError: (error, { way }) => toast.error(t(`queue.failed.${way}`, { reason: sentence(error) })),
  });
}

/** The same for many, a few at a time; resolves with how many it worked for, and why it did not for one of the others. */
export function useChangeAll() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ jobs, way }: { jobs: readonly Job[]; way: Way }) => {
      const waiting = [...jobs];
      let done = 0;
      let reason = "";
      const work = async () => {
        for (let job = waiting.shift(); job; job = waiting.shift()) {
          const one = job;
          try {
            await optimistically(client, [one], WAYS[way].change, () => WAYS[way].send(one));
            done += 1;
          } catch (error) {
            reason = sentence(error);
          }
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, work));
      return { done, count: jobs.length, reason };
    },
  });
}

/** Submits an ended job's request anew. */
export function useAgain() {
  const client = useQueryClient();
  return useRetryJob(() => {
    void client.invalidateQueries({ queryKey: ["get", "/api/v1/jobs"] });
    toast.success(t("queue.retried"));
  });
}
