import { ScanEye } from "lucide-react";
import { useState } from "react";
import type { Preprocess } from "@/api/schema.gen";
import { useMay } from "@/api/session";
import { Button } from "@/design/Button";
import { useT } from "@/i18n";
import { JobPanel } from "@/jobs/JobPanel";
import { usePrice } from "@/jobs/price";
import { Refusal } from "@/jobs/Refusal";
import type { Output } from "@/jobs/request";
import { useSubmit } from "@/jobs/submit";
import { inCredits } from "@/lib/credits";
import type { DraftControl } from "../draft/draft";

/** What a ControlNet would be shown: its preprocessor at work on the slot's picture. */
export function HintPreview({
  control,
  resolution,
  onUse,
}: {
  control: DraftControl;
  /** Pixels of the hint's shorter side: as large as the picture will be. */
  resolution: number;
  onUse: (asset: string) => void;
}) {
  const t = useT();
  const may = useMay("job:create");
  const { submit, pending, problem, clear } = useSubmit();
  const [shown, setShown] = useState<{ of: string; id: string }>();
  const { image, preprocessor } = control;
  const request: Preprocess | null =
    image && preprocessor !== "none" && preprocessor !== "inpaint"
      ? { kind: "preprocess", image, preprocessor, resolution }
      : null;
  const of = JSON.stringify(request);
  const current = shown?.of === of ? shown.id : undefined;
  const { quote, stale } = usePrice(may && !current ? request : null);
  if (!may || !request) return null;
  const look = async () => {
    const job = await submit(request);
    if (job) setShown({ of, id: job.id });
  };
  return (
    <div className="flex flex-col gap-2">
      {!current && (
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <Button size="sm" busy={pending} onClick={() => void look()}>
            <ScanEye size={15} aria-hidden="true" />
            {t("advanced.controls.preview")}
          </Button>
          {quote && !stale && (
            <span className="text-sm text-quiet">
              {t("advanced.controls.previewPrice", { price: inCredits(quote.amount_microcredits) })}
            </span>
          )}
        </div>
      )}
      {problem && <Refusal problem={problem} onClose={clear} />}
      {current && (
        <section aria-label={t("advanced.controls.hint")}>
          <JobPanel
            key={current}
            id={current}
            most="16rem"
            more={(output: Output) => (
              <Button size="md" onClick={() => onUse(output.asset_id)}>
                {t("advanced.controls.use")}
              </Button>
            )}
          />
        </section>
      )}
    </div>
  );
}
