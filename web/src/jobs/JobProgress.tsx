import { Pause, Play, X } from "lucide-react";
import { Button } from "@/design/Button";
import { cx } from "@/design/cx";
import { Spinner } from "@/design/Spinner";
import { Progress } from "@/design/States";
import { useT } from "@/i18n";
import { useCancelJob, useResumeJob } from "@/jobs/actions";
import { Frame, Grid, places } from "@/jobs/Frame";
import { countOf, ratioOf } from "@/jobs/request";
import type { JobView } from "@/jobs/view";
import { duration } from "@/lib/time";

/** How far a job is: previews in the picture's place, what it does, how long it takes, and a way to stop it. */
export function JobProgress({ view, ratio, most }: { view: JobView; ratio?: number; most?: string }) {
  const t = useT();
  const cancel = useCancelJob();
  const resume = useResumeJob();
  const { job, phase } = view;
  const count = countOf(job.request);
  const cancellable = phase !== "sending" && phase !== "stopping" && phase !== "finishing";
  return (
    <div className="flex flex-col gap-3">
      <Frame ratio={ratio ?? ratioOf(job.request) ?? 1} {...(most ? { most } : {})}>
        <Previews view={view} count={count} />
      </Frame>
      <div className="mx-auto grid w-full max-w-xl grid-cols-[minmax(0,1fr)_auto] items-center gap-x-3 gap-y-1.5">
        {/* On phones with room for two lines: nothing moves when more is known. */}
        <div className="col-span-2 flex min-h-11 flex-wrap content-end items-baseline justify-between gap-x-3 text-sm sm:min-h-6">
          <span className="font-medium">{t(`jobs.phase.${phase}`)}</span>
          <span className="tabular-nums text-quiet">{details(view).join(" · ")}</span>
        </div>
        {phase === "paused" ? <span /> : <Progress value={view.progress} label={t("jobs.progress")} />}
        <div className="flex gap-2">
          {phase === "paused" && (
            <Button busy={resume.isPending} onClick={() => resume.mutate(job)}>
              <Play size={16} aria-hidden="true" />
              {t("jobs.resume")}
            </Button>
          )}
          <Button
            disabled={!cancellable}
            busy={cancel.isPending || phase === "stopping"}
            onClick={() => cancel.mutate(job)}
          >
            <X size={16} aria-hidden="true" />
            {t("action.cancel")}
          </Button>
        </div>
      </div>
    </div>
  );

  function details(of: JobView): string[] {
    const parts: string[] = [];
    if (of.position === 1) parts.push(t("jobs.next"));
    else if (of.position !== null) parts.push(t("jobs.position", { position: of.position }));
    if (of.step !== null && of.steps !== null) parts.push(t("jobs.step", { step: of.step, steps: of.steps }));
    if (of.eta !== null && of.eta > 0.5) parts.push(t("jobs.eta", { time: duration(of.eta) }));
    return parts;
  }
}

function Previews({ view, count }: { view: JobView; count: number }) {
  const t = useT();
  if (Object.keys(view.previews).length === 0)
    return (
      <div
        className={cx(
          "absolute inset-0 grid place-items-center text-quiet",
          view.phase !== "paused" && "animate-pulse",
        )}
      >
        {view.phase === "paused" ? <Pause size={28} aria-hidden="true" /> : <Spinner size={28} />}
      </div>
    );
  return (
    <Grid count={count}>
      {places(count).map((place) => {
        const source = view.previews[place];
        return source ? (
          <img
            key={place}
            src={source}
            alt={t("jobs.preview", { place: place + 1 })}
            className="size-full object-cover"
          />
        ) : (
          <div key={place} className="bg-raised" />
        );
      })}
    </Grid>
  );
}
