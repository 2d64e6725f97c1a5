import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useRef, useState } from "react";
import { api, idempotencyKey } from "@/api/client";
import { ApiProblem } from "@/api/problem";
import type { Job, NewJob, RunWorkflow } from "@/api/schema.gen";
import { mayHaveArrived, type Press, pressed } from "@/jobs/press";
import { remember } from "@/jobs/recent";
import { jobOptions } from "@/jobs/useJob";

/** How often a preview comes: every so many steps. */
export const PREVIEW_EVERY = 3;

/** What is run: a kept workflow with other values, or a graph that nobody keeps. */
export type Run =
  | { workflow: string; link: string | undefined; body: RunWorkflow }
  | { workflow: null; body: NewJob };

async function send(run: Run, key: string): Promise<Job | undefined> {
  if (run.workflow === null)
    return (
      await api.POST("/api/v1/jobs", { body: run.body, params: { header: { "Idempotency-Key": key } } })
    ).data;
  const header = { "Idempotency-Key": key, ...(run.link ? { "Workflow-Link": run.link } : {}) };
  const params = { path: { workflow_id: run.workflow }, header };
  return (await api.POST("/api/v1/workflows/{workflow_id}/run", { body: run.body, params })).data;
}

/** Submits runs: one `Idempotency-Key` for each press, the same one where an answer was lost. */
export function useRun(onAccepted: (job: Job) => void) {
  const client = useQueryClient();
  const lost = useRef<Press>(undefined);
  const [pending, setPending] = useState(false);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const run = useCallback(
    async (what: Run) => {
      const press = pressed(lost.current, JSON.stringify(what), idempotencyKey);
      setPending(true);
      setProblem(null);
      try {
        const job = await send(what, press.key);
        lost.current = undefined;
        if (!job) throw new TypeError("An answer without a job");
        client.setQueryData<Job>(jobOptions(job.id).queryKey, job);
        remember(client, job);
        void client.invalidateQueries({ queryKey: ["get", "/api/v1/credits"] });
        void client.invalidateQueries({ queryKey: ["get", "/api/v1/jobs"] });
        onAccepted(job);
      } catch (error) {
        lost.current = mayHaveArrived(error) ? press : undefined;
        const known = error instanceof ApiProblem;
        setProblem(known ? error : new ApiProblem({ kind: "offline", status: 0, detail: String(error) }));
      } finally {
        setPending(false);
      }
    },
    [client, onAccepted],
  );
  return { run, pending, problem, clear: useCallback(() => setProblem(null), []) };
}
