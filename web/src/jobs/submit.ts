import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useRef, useState } from "react";
import { api, idempotencyKey } from "@/api/client";
import { ApiProblem } from "@/api/problem";
import type { Job, NewJob } from "@/api/schema.gen";
import { useSession } from "@/api/session";
import { placeholder } from "@/jobs/optimistic";
import { mayHaveArrived, type Press, pressed } from "@/jobs/press";
import { forget, remember } from "@/jobs/recent";
import type { Work } from "@/jobs/request";
import { jobOptions } from "@/jobs/useJob";

export type Submission = {
  /** Submits; the job, or undefined where it was refused (then `problem` says why). */
  submit: (request: Work, extra?: Omit<NewJob, "request">) => Promise<Job | undefined>;
  pending: boolean;
  /** What is on its way to the server: a stand-in that `JobPanel` shows as it will show the job. */
  sending: Job | null;
  /** Why the last press was refused; show it with `Refusal`. */
  problem: ApiProblem | null;
  clear: () => void;
};

/**
 * Submits jobs. The job is seen in the latest ones (`useRecentJobs`) at once, before the server has answered, and goes
 * again when it is refused. One `Idempotency-Key` for each press; the same one where an answer was lost.
 */
export function useSubmit(): Submission {
  const client = useQueryClient();
  const [sending, setSending] = useState<Job | null>(null);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const lost = useRef<Press | undefined>(undefined);

  const submit = useCallback(
    async (request: Work, extra: Omit<NewJob, "request"> = {}) => {
      const body: NewJob = { request, ...extra };
      const press = pressed(lost.current, JSON.stringify(body), idempotencyKey);
      const shown = placeholder(press.key, request, useSession.getState().me, new Date());
      setSending(shown);
      setProblem(null);
      remember(client, shown);
      try {
        const { data } = await api.POST("/api/v1/jobs", {
          body,
          params: { header: { "Idempotency-Key": press.key } },
        });
        lost.current = undefined;
        if (!data) throw new TypeError("An answer without a job");
        client.setQueryData<Job>(jobOptions(data.id).queryKey, data);
        remember(client, data, shown.id);
        void client.invalidateQueries({ queryKey: ["get", "/api/v1/credits"] });
        return data;
      } catch (error) {
        lost.current = mayHaveArrived(error) ? press : undefined;
        forget(client, shown.id);
        setProblem(
          error instanceof ApiProblem
            ? error
            : new ApiProblem({ kind: "offline", status: 0, detail: String(error) }),
        );
        return undefined;
      } finally {
        setSending(null);
      }
    },
    [client],
  );
  return {
    submit,
    pending: sending !== null,
    sending,
    problem,
    clear: useCallback(() => setProblem(null), []),
  };
}
