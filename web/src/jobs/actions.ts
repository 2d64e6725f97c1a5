import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { api } from "@/api/client";
import { sentence } from "@/api/problem";
import type { Job } from "@/api/schema.gen";
import { toast } from "@/design/Toaster";
import { t } from "@/i18n";
import { stopped } from "@/jobs/optimistic";
import { once } from "@/jobs/press";
import { remember } from "@/jobs/recent";
import { promptOf } from "@/jobs/request";
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

/** Puts a paused job back into line, where it stood. */
export function useResumeJob() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (job: Job) => {
      const { data } = await api.POST("/api/v1/jobs/{job_id}/resume", {
        params: { path: { job_id: job.id } },
      });
      return data;
    },
    onSuccess: (job) => {
      if (!job) return;
      client.setQueryData<Job>(jobOptions(job.id).queryKey, job);
      void client.invalidateQueries({ queryKey: ["get", "/api/v1/jobs"] });
    },
  });
}

/** Submits the request of an ended job once more; the new job is among the latest. Where the answer was lost, the next
 * press repeats that one and is not paid again. */
export function useRetryJob(onAccepted?: (job: Job) => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (job: Job) => {
      const { data } = await once(`retry ${job.id}`, (key) =>
        api.POST("/api/v1/jobs/{job_id}/retry", {
          params: { path: { job_id: job.id }, header: { "Idempotency-Key": key } },
        }),
      );
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

/** Keeps what a job was asked for as a workflow of one's own, and opens it. */
export function useOpenAsWorkflow() {
  const navigate = useNavigate();
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (job: Job) => {
      const { data } = await once(`workflow of ${job.id}`, (key) =>
        api.POST("/api/v1/jobs/{job_id}/workflow", {
          params: { path: { job_id: job.id }, header: { "Idempotency-Key": key } },
          body: { name: workflowName(job) },
        }),
      );
      return data;
    },
    onSuccess: (made) => {
      if (!made) return;
      void client.invalidateQueries({ queryKey: ["get", "/api/v1/workflows"] });
      void navigate({ to: "/workflows/$workflowId", params: { workflowId: made.id } });
    },
  });
}

/** What a workflow made of a job is called: the beginning of its words. */
export function workflowName(job: Job): string {
  const words = promptOf(job.request)
    .replaceAll(/<[^>]*>/g, " ")
    .replaceAll(/[\s\p{Cc}]+/gu, " ")
    .trim();
  return [...words].slice(0, 60).join("").trim() || t("jobs.result.workflowName");
}
