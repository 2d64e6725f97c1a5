import { Ban, CircleAlert, Pause } from "lucide-react";
import type { Job } from "@/api/schema.gen";
import { cx } from "@/design/cx";
import { Spinner } from "@/design/Spinner";
import { Progress } from "@/design/States";
import { useT } from "@/i18n";
import { outsideOf, useBinned } from "@/jobs/binned";
import { kindName } from "@/jobs/kindName";
import { Picture } from "@/jobs/Picture";
import { outputsOf, promptOf } from "@/jobs/request";
import { useListed } from "@/jobs/useJob";
import type { JobView } from "@/jobs/view";
import { assetUrl } from "@/pictures/urls";

/** A job as a square that can be pressed: its first picture, or how far it is. */
export function JobTile({
  job,
  onOpen,
  current,
}: {
  job: Job;
  onOpen: (job: Job) => void;
  current: boolean;
}) {
  const t = useT();
  const view = useListed(job);
  const prompt = promptOf(view.job.request) || kindName(view.job.kind);
  return (
    <button
      type="button"
      aria-current={current || undefined}
      onClick={() => onOpen(view.job)}
      className={cx(
        "relative aspect-square overflow-hidden rounded-control border bg-hover",
        current ? "border-accent ring-2 ring-accent" : "border-line hover:border-edge",
      )}
    >
      <span className="sr-only">{t("jobs.announce", { phase: t(`jobs.phase.${view.phase}`), prompt })}</span>
      <Inside view={view} />
    </button>
  );
}

function Inside({ view }: { view: JobView }) {
  const t = useT();
  const bin = useBinned();
  const [first, ...others] = outsideOf(bin, outputsOf(view.job));
  if (view.phase === "done" && first)
    return (
      <>
        <Picture source={assetUrl(first.asset_id, "256.webp")} alt="" className="object-cover" />
        {others.length > 0 && (
          <span className="absolute right-1 bottom-1 rounded-full bg-black/70 px-2 py-0.5 text-xs font-medium text-white">
            {t("jobs.recent.count", { count: others.length + 1 })}
          </span>
        )}
      </>
    );
  if (view.phase === "failed" || view.phase === "cancelled" || view.phase === "done") {
    const Icon = view.phase === "failed" ? CircleAlert : Ban;
    return (
      <span className="absolute inset-0 grid place-items-center text-quiet">
        <Icon size={20} aria-hidden="true" className={view.phase === "failed" ? "text-bad" : undefined} />
      </span>
    );
  }
  const preview = view.previews[0];
  return (
    <span className="absolute inset-0 grid place-items-center text-quiet">
      {preview ? (
        <img src={preview} alt="" className="absolute inset-0 size-full object-cover" />
      ) : view.phase === "paused" ? (
        <Pause size={20} aria-hidden="true" />
      ) : (
        <Spinner size={20} />
      )}
      {view.phase !== "paused" && (
        <span className="absolute inset-x-2 bottom-2">
          <Progress value={view.progress} label={t("jobs.progress")} />
        </span>
      )}
    </span>
  );
}
