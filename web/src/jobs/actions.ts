import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, idempotencyKey } from "@/api/client";
import { sentence } from "@/api/problem";
import type { Job } from "@/api/schema.gen";
import { toast } from "@/design/Toaster";
import { t } from "@/i18n";
import { stopped } from "@/jobs/optimistic";
import { remember } from "@/jobs/recent";
import { jobOptions } from "@/jobs/useJob";

/** Ends a job: what is shown changes at once, and changes back where the server refuses. */
export function useCancelJob() {
  const client = useQueryClient();
  const show = (job: Job) => {
    client.setQueryData<Job>(jobOptions(job.id).queryKey, job);
    remember(client, job);
  };
  return useMutation({
    meta: { quiet: true },
    mutationFn: (job: Job) => api.DELETE("/api/v1/jobs/{job_id}", { params: { path: { job_id: job.id } } }),
    onMutate: async (job) => {
      await client.cancelQueries({ queryKey: jobOptions(job.id).queryKey });
      show(stopped(job));
    },
    onError: (error, job) => {
      show(job);
      toast.error(t("jobs.cancelFailed", { reason: sentence(error) }));
    },
    onSettled: (_answer, _error, job) => {
      void client.invalidateQueries({ queryKey: jobOptions(job.id).queryKey });
      void client.invalidateQueries({ queryKey: ["get", "/api/v1/jobs"] });
      void client.invalidateQueries({ queryKey: ["get", "/api/v1/credits"] });
    },
  });
}

/** Submits the request of an ended job once more; the new job is among the latest. */
export function useRetryJob(onAccepted?: (job: Job) => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (job: Job) => {
      const { data } = await api.POST("/api/v1/jobs/{job_id}/retry", {
        params: { path: { job_id: job.id }, header: { "Idempotency-Key": idempotencyKey() } },
      });
      return data;
    },
    onSuccess: (job) => {
      if (!job) return;
      client.setQueryData<Job>(jobOptions(job.id).queryKey, job);
      remember(client, job);
      void client.invalidateQueries({ queryKey: ["get", "/api/v1/credits"] });
      onAccepted?.(job);
    },
  });
}
