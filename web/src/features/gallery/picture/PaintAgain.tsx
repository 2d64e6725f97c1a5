import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { CheckCheck, CircleAlert } from "lucide-react";
import { useEffect } from "react";
import type { AssetDetails, Job } from "@/api/schema.gen";
import { Button } from "@/design/Button";
import { Dialog } from "@/design/Dialog";
import { Spinner } from "@/design/Spinner";
import { Failure } from "@/design/States";
import { compared, type Verdict } from "@/features/gallery/picture/identical";
import { useT } from "@/i18n";
import { JobPanel } from "@/jobs/JobPanel";
import { useJob } from "@/jobs/useJob";
import { assetOptions, LISTS } from "@/pictures/queries";

/** The same request once more, and whether the same picture has come of it. */
export function PaintAgain({
  asset,
  job,
  onClose,
}: {
  asset: AssetDetails;
  /** The new job. */
  job: Job;
  onClose: () => void;
}) {
  const t = useT();
  const client = useQueryClient();
  const { job: now } = useJob(job.id, job);
  const place = now?.outputs.find((one) => one.place === asset.place) ?? now?.outputs[0];
  const done = now?.state === "COMPLETED" && place !== undefined;
  const verdict = useQuery({
    queryKey: ["assets", "same", asset.id, place?.asset_id],
    enabled: done,
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async () => {
      const made = await client.fetchQuery(assetOptions(place?.asset_id ?? ""));
      return made ? { made, ...(await compared(asset, made)) } : null;
    },
  });
  useEffect(() => {
    if (done) void client.invalidateQueries({ queryKey: LISTS, refetchType: "none" });
  }, [client, done]);
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title={t("gallery.again.title")} wide>
      <div aria-live="polite" className="mb-3 min-h-12 text-sm">
        {verdict.isFetching && (
          <p className="flex items-center gap-2 text-quiet">
            <Spinner /> {t("gallery.again.comparing")}
          </p>
        )}
        {verdict.error && <Failure error={verdict.error} onRetry={() => void verdict.refetch()} />}
        {verdict.data && <Said verdict={verdict.data} />}
        {!done && !verdict.data && <p className="text-quiet">{t("gallery.again.help")}</p>}
      </div>
      <JobPanel id={job.id} known={job} most="46dvh" />
      {verdict.data && (
        <div className="mt-4 flex flex-wrap justify-end gap-2">
          <Button asChild>
            <Link to="/gallery/compare" search={{ a: asset.id, b: verdict.data.made.id } as never}>
              {t("gallery.again.compare")}
            </Link>
          </Button>
        </div>
      )}
    </Dialog>
  );
}

function Said({ verdict }: { verdict: Verdict }) {
  const t = useT();
  if (verdict.kind === "differs")
    return (
      <p className="flex gap-2 rounded-control bg-hover p-3 text-warn">
        <CircleAlert size={20} aria-hidden="true" className="shrink-0" />
        <span>
          <strong className="block">
            {verdict.part === undefined
              ? t("gallery.again.differs")
              : t("gallery.again.differsBy", {
                  percent: Math.max(0.1, Math.round(verdict.part * 1000) / 10),
                })}
          </strong>
          {t(`gallery.again.why.${verdict.why}`)}
        </span>
      </p>
    );
  return (
    <p className="flex gap-2 rounded-control bg-hover p-3 text-good">
      <CheckCheck size={20} aria-hidden="true" className="shrink-0" />
      <span>
        <strong className="block">{t("gallery.again.identical")}</strong>
        {verdict.kind === "identical" ? t("gallery.again.bytes") : t("gallery.again.pixels")}
      </span>
    </p>
  );
}
