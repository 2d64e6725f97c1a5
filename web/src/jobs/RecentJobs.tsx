import { Link } from "@tanstack/react-router";
import type { Job } from "@/api/schema.gen";
import { Failure, Skeleton } from "@/design/States";
import { useT } from "@/i18n";
import { outsideOf, useBinned } from "@/jobs/binned";
import { places } from "@/jobs/Frame";
import { JobTile } from "@/jobs/JobTile";
import { useRecentJobs } from "@/jobs/recent";

const GRID = "grid grid-cols-3 gap-2 sm:grid-cols-4 md:grid-cols-6 xl:grid-cols-8";

/** One's latest jobs as tiles, running ones among them; a press opens one (`onOpen`). */
export function RecentJobs({
  current,
  most = 16,
  onOpen,
}: {
  current?: string | undefined;
  most?: number;
  onOpen: (job: Job) => void;
}) {
  const t = useT();
  const { data, error, refetch } = useRecentJobs();
  const bin = useBinned();
  const jobs = data?.items
    .filter((job) => job.outputs.length === 0 || outsideOf(bin, job.outputs).length > 0)
    .slice(0, most);
  return (
    <section aria-label={t("jobs.recent.title")}>
      <div className="mb-3 flex min-h-8 items-center justify-between gap-3">
        <h2 className="font-semibold">{t("jobs.recent.title")}</h2>
        {jobs && jobs.length > 0 && (
          <Link
            to="/gallery"
            className="rounded-md px-2 py-1.5 text-sm text-accent-ink underline-offset-4 hover:underline"
          >
            {t("jobs.recent.all")}
          </Link>
        )}
      </div>
      {error && !jobs && <Failure error={error} onRetry={() => void refetch()} />}
      {jobs?.length === 0 && <p className="text-quiet">{t("jobs.recent.empty")}</p>}
      <div className={GRID}>
        {jobs?.map((job) => (
          <JobTile key={job.id} job={job} onOpen={onOpen} current={job.id === current} />
        ))}
        {!jobs && !error && places(6).map((place) => <Skeleton key={place} className="aspect-square" />)}
      </div>
    </section>
  );
}
