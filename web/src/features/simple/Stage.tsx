import { ImageIcon } from "lucide-react";
import { useEffect } from "react";
import { ApiProblem } from "@/api/problem";
import type { Job } from "@/api/schema.gen";
import { useT } from "@/i18n";
import { Frame } from "@/jobs/Frame";
import { JobPanel } from "@/jobs/JobPanel";
import { useJob } from "@/jobs/useJob";

const MOST = "min(62dvh, 40rem)";

/** Where the picture comes. */
export function Stage({
  job,
  ratio,
  onNext,
  onGone,
}: {
  /** What is on it, or only its id after a reload. */
  job: { id: string; known?: Job } | undefined;
  /** Of the empty box: the shape that is chosen. */
  ratio: number;
  onNext: (job: Job) => void;
  /** The job is not there (any more). */
  onGone: () => void;
}) {
  const t = useT();
  if (!job)
    return (
      <Frame ratio={ratio} most={MOST} className="border border-line border-dashed bg-transparent!">
        <div className="absolute inset-0 grid place-items-center text-quiet">
          <div className="grid justify-items-center gap-2 p-4 text-center">
            <ImageIcon size={28} aria-hidden="true" />
            <p>{t("simple.stageEmpty")}</p>
          </div>
        </div>
      </Frame>
    );
  return (
    <>
      <Gone id={job.id} onGone={onGone} {...(job.known ? { known: job.known } : {})} />
      <JobPanel id={job.id} most={MOST} onNext={onNext} {...(job.known ? { known: job.known } : {})} />
    </>
  );
}

/** A job that was kept in mind and belongs to another organisation, or to nobody: it leaves the stage. */
function Gone({ id, known, onGone }: { id: string; known?: Job; onGone: () => void }) {
  const { error } = useJob(id, known);
  const gone = error instanceof ApiProblem && error.status === 404;
  useEffect(() => {
    if (gone) onGone();
  }, [gone, onGone]);
  return null;
}
