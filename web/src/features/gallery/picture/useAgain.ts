import { useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { api, idempotencyKey } from "@/api/client";
import { ApiProblem, sentence } from "@/api/problem";
import type { AssetDetails, Job, NewJob } from "@/api/schema.gen";
import { useSession } from "@/api/session";
import { jobOf, requestIn } from "@/features/gallery/picture/requestOf";
import { t } from "@/i18n";
import { mayHaveArrived, type Press, pressed } from "@/jobs/press";
import { remember } from "@/jobs/recent";
import { jobOptions } from "@/jobs/useJob";

/**
 * Sends the very request that painted a picture once more: the studio repeats a job of one's own; of others' jobs, and where
 * the job is gone, what is kept of the request is sent. One `Idempotency-Key` for each press.
 */
export function useAgain(asset: AssetDetails) {
  const client = useQueryClient();
  const me = useSession((session) => session.me?.id);
  const [job, setJob] = useState<Job>();
  const [pending, setPending] = useState(false);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const lost = useRef<Press | undefined>(undefined);

  const again = async () => {
    setPending(true);
    setProblem(null);
    let press: Press | undefined;
    try {
      const first = await jobOf(asset);
      const request = first?.request ?? requestIn(asset);
      if (!request) throw new ApiProblem({ kind: "gone", status: 404, detail: t("gallery.again.gone") });
      const body: NewJob = { request, ...(asset.team_id && { team_id: asset.team_id }) };
      press = pressed(lost.current, JSON.stringify([asset.id, body]), idempotencyKey);
      const header = { "Idempotency-Key": press.key };
      const { data } =
        first && first.user_id === me
          ? await api.POST("/api/v1/jobs/{job_id}/retry", { params: { path: { job_id: first.id }, header } })
          : await api.POST("/api/v1/jobs", { body, params: { header } });
      if (!data) throw new TypeError("An answer without a job");
      lost.current = undefined;
      client.setQueryData<Job>(jobOptions(data.id).queryKey, data);
      remember(client, data);
      void client.invalidateQueries({ queryKey: ["get", "/api/v1/credits"] });
      setJob(data);
    } catch (error) {
      lost.current = mayHaveArrived(error) ? press : undefined;
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
