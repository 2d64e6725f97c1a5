import { Ban, CircleAlert, RotateCcw } from "lucide-react";
import type { ReactNode } from "react";
import type { Job } from "@/api/schema.gen";
import { useMay } from "@/api/session";
import { Button } from "@/design/Button";
import { Failure, Skeleton } from "@/design/States";
import { useT } from "@/i18n";
import { useRetryJob } from "@/jobs/actions";
import { Frame } from "@/jobs/Frame";
import { JobProgress } from "@/jobs/JobProgress";
import { JobResult } from "@/jobs/JobResult";
import { type Output, promptOf, ratioOf } from "@/jobs/request";
import { useJob } from "@/jobs/useJob";
import type { JobView } from "@/jobs/view";
import { inCredits } from "@/lib/credits";
import { useWatched } from "@/realtime/watched";

/** Characters of a prompt that are read aloud with each change. */
const MOST_SAID = 80;

type Props = {
  most?: string;
  /** Told of a job that came of this one: variations, another try. */
  onNext?: (job: Job) => void;
  more?: (output: Output) => ReactNode;
};

/** One job from the press of the button to its pictures, or why there are none; always in the same box. */
export function JobPanel({ id, known, ...rest }: Props & { id: string; known?: Job }) {
  const t = useT();
  useWatched(id);
  const { view, error, refetch } = useJob(id, known);
  if (error) return <Failure error={error} onRetry={refetch} />;
  // One place for all that is said aloud of it: a new one, put in with its words, is not read.
  return (
    <>
      <p className="sr-only" role="status">
        {view &&
          t("jobs.announce", {
            phase: t(`jobs.phase.${view.phase}`),
            prompt: promptOf(view.job.request).slice(0, MOST_SAID),
          })}
      </p>
      {view ? (
        <Shown view={view} {...rest} />
      ) : (
        <Frame ratio={1} {...(rest.most ? { most: rest.most } : {})}>
          <Skeleton className="size-full" />
        </Frame>
      )}
    </>
  );
}

function Shown({ view, most, onNext, more }: Props & { view: JobView }) {
  const size = most ? { most } : {};
  if (view.phase === "done")
    return (
      <JobResult
        key={view.job.id}
        job={view.job}
        previews={view.previews}
        {...size}
        {...(onNext ? { onVariations: onNext } : {})}
        {...(more ? { more } : {})}
      />
    );
  if (view.phase === "failed" || view.phase === "cancelled")
    return <Ended job={view.job} {...size} {...(onNext ? { onNext } : {})} />;
  return <JobProgress view={view} {...size} />;
}

function Ended({ job, most, onNext }: { job: Job; most?: string; onNext?: (job: Job) => void }) {
  const t = useT();
  const may = useMay("job:create");
  const retry = useRetryJob(onNext);
  const failed = job.state === "FAILED";
  const Icon = failed ? CircleAlert : Ban;
  return (
    <Frame ratio={ratioOf(job.request) ?? 1} {...(most ? { most } : {})} className="min-h-56">
      <div
        {...(failed ? { role: "alert" } : {})}
        className="absolute inset-0 flex flex-col items-center justify-center gap-3 overflow-y-auto p-4 text-center"
      >
        <Icon size={26} aria-hidden="true" className={failed ? "text-bad" : "text-quiet"} />
        <p className={failed ? "font-semibold" : "text-quiet"}>
          {failed ? t("jobs.failed") : t("jobs.cancelled")}
        </p>
        {failed && job.error && <p className="max-w-prose text-sm">{job.error.detail}</p>}
        <p className="text-sm text-quiet">
          {job.charged_microcredits
            ? t("jobs.charged", { price: inCredits(job.charged_microcredits) })
            : t("jobs.free")}
        </p>
        {may && (
          <Button busy={retry.isPending} onClick={() => retry.mutate(job)}>
            <RotateCcw size={16} aria-hidden="true" />
            {t("jobs.again")}
          </Button>
        )}
      </div>
    </Frame>
  );
}
