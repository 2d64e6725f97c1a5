import { Link } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import type { Job } from "@/api/schema.gen";
import { cx } from "@/design/cx";
import { useT } from "@/i18n";
import { outsideOf, useBinned } from "@/jobs/binned";
import { Frame, Grid } from "@/jobs/Frame";
import { Picture } from "@/jobs/Picture";
import { PictureActions } from "@/jobs/PictureActions";
import { type Output, outputsOf, promptOf, ratioOf } from "@/jobs/request";
import { assetUrl } from "@/pictures/urls";

type Props = {
  job: Job;
  ratio?: number;
  most?: string;
  /** Of the live stream: what stands there until the pictures have come. */
  previews?: Record<number, string>;
  /** Told of the job that "Variations" began. */
  onVariations?: (job: Job) => void;
  /** More to do with the chosen picture. */
  more?: (output: Output) => ReactNode;
};

/** The pictures of a completed job, in the box that their previews were in, and what can be done with the chosen one. */
export function JobResult({ job, ratio, most, previews = {}, onVariations, more }: Props) {
  const t = useT();
  const [natural, setNatural] = useState<number>();
  const [at, choose] = useState(0);
  const bin = useBinned();
  const outputs = outsideOf(bin, outputsOf(job));
  const chosen = outputs[Math.min(at, outputs.length - 1)];
  const prompt = promptOf(job.request);
  if (!chosen)
    return (
      <Frame ratio={ratio ?? ratioOf(job.request) ?? 1} {...(most ? { most } : {})}>
        <p className="absolute inset-0 grid place-items-center p-4 text-center text-quiet">
          {t(job.outputs.length > 0 ? "jobs.gone" : "jobs.nothing")}
        </p>
      </Frame>
    );
  const alone = outputs.length === 1;
  return (
    <div className="flex flex-col gap-3">
      <Frame ratio={ratio ?? ratioOf(job.request) ?? natural ?? 1} {...(most ? { most } : {})}>
        {alone ? (
          <Link
            to="/gallery/$assetId"
            params={{ assetId: chosen.asset_id }}
            className="absolute inset-0 rounded-card -outline-offset-2"
          >
            <Picture
              source={assetUrl(chosen.asset_id)}
              alt={t("jobs.result.picture", { prompt })}
              preview={previews[chosen.place]}
              onSize={setNatural}
            />
          </Link>
        ) : (
          <Grid count={outputs.length}>
            {outputs.map((output, place) => (
              <button
                key={output.asset_id}
                type="button"
                aria-pressed={output === chosen}
                onClick={() => choose(place)}
                className={cx(
                  "relative min-h-0 min-w-0 overflow-hidden -outline-offset-2",
                  output === chosen && "ring-3 ring-accent ring-inset [&_img]:p-[3px]",
                )}
              >
                <Picture
                  source={assetUrl(output.asset_id, outputs.length > 4 ? "256.webp" : "1024.webp")}
                  alt={t("jobs.result.pictureOf", { place: place + 1, count: outputs.length, prompt })}
                  preview={previews[output.place]}
                  onSize={setNatural}
                />
              </button>
            ))}
          </Grid>
        )}
      </Frame>
      {!alone && (
        <p className="text-center text-sm text-quiet" role="status">
          {t("jobs.result.chosen", { place: outputs.indexOf(chosen) + 1, count: outputs.length })}
        </p>
      )}
      <PictureActions
        key={chosen.asset_id}
        job={job}
        output={chosen}
        {...(onVariations ? { onVariations } : {})}
      >
        {more?.(chosen)}
      </PictureActions>
    </div>
  );
}
