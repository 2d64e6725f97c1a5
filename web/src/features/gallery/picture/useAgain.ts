import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "@/api/client";
import { ApiProblem, sentence } from "@/api/problem";
import type { AssetDetails, Job, NewJob } from "@/api/schema.gen";
import { useSession } from "@/api/session";
import { jobOf, requestIn } from "@/features/gallery/picture/requestOf";
import { t } from "@/i18n";
import { once } from "@/jobs/press";
import { remember } from "@/jobs/recent";
import { jobOptions } from "@/jobs/useJob";

/**
 * Sends the very request that painted a picture once more: the studio repeats a job of one's own; of others' jobs, and where
 * the job is gone, what is kept of the request is sent. One `Idempotency-Key` for each press; the same one
 * until there is an answer.
 */
export function useAgain(asset: AssetDetails) {
  const client = useQueryClient();
  const me = useSession((session) => session.me?.id);
  const [job, setJob] = useState<Job>();
  const [pending, setPending] = useState(false);
  const [problem, setProblem] = useState<ApiProblem | null>(null);

  const again = async () => {
    setPending(true);
    setProblem(null);
    try {
      const first = await jobOf(asset);
      const request = first?.request ?? requestIn(asset);
      if (!request) throw new ApiProblem({ kind: "gone", status: 404, detail: t("gallery.again.gone") });
      const body: NewJob = { request, ...(asset.team_id && { team_id: asset.team_id }) };
      const own = first?.user_id === me ? first?.id : undefined;
      const { data } = await once(`again ${JSON.stringify([asset.id, own, body])}`, (key) => {
        const header = { "Idempotency-Key": key };
        return own
          ? api.POST("/api/v1/jobs/{job_id}/retry", { params: { path: { job_id: own }, header } })
          : api.POST("/api/v1/jobs", { body, params: { header } });
      });
      if (!data) throw new TypeError("An answer without a job");
      client.setQueryData<Job>(jobOptions(data.id).queryKey, data);
      remember(client, data);
      void client.invalidateQueries({ queryKey: ["get", "/api/v1/credits"] });
      setJob(data);
    } catch (error) {
      setProblem(
        error instanceof ApiProblem
          ? error
          : new ApiProblem({ kind: "unknown", status: -1, detail: sentence(error) }),
      );
    } finally {
      setPending(false);
    }
  };
  return { again, job, pending, problem, clear: () => setProblem(null), close: () => setJob(undefined) };
}
