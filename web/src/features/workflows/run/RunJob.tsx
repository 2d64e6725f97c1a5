import { ImagePlus } from "lucide-react";
import { useEffect, useMemo } from "react";
import { $api } from "@/api/client";
import { ApiProblem } from "@/api/problem";
import type { Job, JobError } from "@/api/schema.gen";
import { Button } from "@/design/Button";
import type { Kinds } from "@/features/workflows/form/graph";
import { nodesOf, type RawGraph } from "@/features/workflows/form/graph";
import { NodeProgress } from "@/features/workflows/run/NodeProgress";
import { useT } from "@/i18n";
import { JobPanel } from "@/jobs/JobPanel";
import { hasEnded, outputsOf } from "@/jobs/request";
import { useJob } from "@/jobs/useJob";
import { inCredits } from "@/lib/credits";

/** A run from the press of the button to what it handed out: previews, steps by name, pictures, texts, what failed. */
export function RunJob({
  id,
  kinds,
  onNext,
  onGone,
  onPicture,
}: {
  id: string;
  kinds: Kinds;
  onNext: (job: Job) => void;
  /** There is no such job for whoever looks. */
  onGone: () => void;
  /** Makes a picture that of the workflow; undefined where one may not. */
  onPicture?: ((assetId: string) => void) | undefined;
}) {
  const t = useT();
  const { view, job, error } = useJob(id);
  const gone = error instanceof ApiProblem && error.status === 404;
  useEffect(() => {
    if (gone) onGone();
  }, [gone, onGone]);
  const over = job !== undefined && hasEnded(job.state);
  // Without pictures there is no box to keep: texts alone, numbers.
  const bare = over && job.state === "COMPLETED" && outputsOf(job).length === 0;
  return (
    <div className="flex flex-col gap-4">
      {!bare && (
        <JobPanel
          id={id}
          most="48dvh"
          onNext={onNext}
          {...(onPicture
            ? {
                more: (output) => (
                  <Button onClick={() => onPicture(output.asset_id)}>
                    <ImagePlus size={16} aria-hidden="true" />
                    {t("workflows.run.asPicture")}
                  </Button>
                ),
              }
            : {})}
        />
      )}
      {view && <NodeProgress view={view} kinds={kinds} />}
      {over && <Told job={job} kinds={kinds} />}
    </div>
  );
}

/** What the end of a run says besides: texts, parts that failed, how much was computed and charged. */
function Told({ job, kinds }: { job: Job; kinds: Kinds }) {
  const t = useT();
  const { data } = $api.useQuery(
    "get",
    "/api/v1/jobs/{job_id}/history",
    { params: { path: { job_id: job.id } } },
    { staleTime: Number.POSITIVE_INFINITY },
  );
  const graph = ("graph" in job.request ? job.request.graph : {}) as RawGraph;
  const nodes = useMemo(() => nodesOf(graph, kinds), [graph, kinds]);
  const end = data?.items.at(-1);
  if (!end) return <p className="min-h-6" />;
  const name = (node: string | null | undefined) => (node && nodes.get(node)?.title) || node || "";
  const summary = [
    end.nodes_run != null && t("workflows.run.summary", { count: end.nodes_run }),
    end.nodes_cached ? t("workflows.run.cached", { count: end.nodes_cached }) : false,
    job.charged_microcredits !== null &&
      t("workflows.run.cost", { price: inCredits(job.charged_microcredits) }),
  ].filter(Boolean);
  return (
    <div className="flex flex-col gap-3">
      <p className="min-h-6 text-sm text-quiet">{summary.join(" · ")}</p>
      {Object.entries(end.texts ?? {}).map(([node, texts]) => (
        <figure key={node}>
          <figcaption className="mb-1 text-sm font-medium">{name(node)}</figcaption>
          <pre className="max-h-60 overflow-auto whitespace-pre-wrap rounded-control border border-line bg-raised p-3 text-sm">
            {texts.join("\n")}
          </pre>
        </figure>
      ))}
      {(end.node_errors?.length ?? 0) > 0 && <Failed errors={end.node_errors ?? []} name={name} />}
    </div>
  );
}

function Failed({ errors, name }: { errors: JobError[]; name: (node: string | null | undefined) => string }) {
  const t = useT();
  return (
    <div className="rounded-card border border-bad/40 bg-bad-soft p-3 text-sm text-bad">
      <p className="font-semibold">{t("workflows.run.partFailed")}</p>
      <ul className="mt-1 list-disc pl-5">
        {errors.map((error) => (
          <li key={`${error.node} ${error.detail}`}>
            {t("workflows.report.at", { title: name(error.node), text: error.detail })}
          </li>
        ))}
      </ul>
    </div>
  );
}
