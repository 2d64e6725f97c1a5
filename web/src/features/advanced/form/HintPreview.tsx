import { ScanEye } from "lucide-react";
import { useState } from "react";
import type { Preprocess } from "@/api/schema.gen";
import { useMay } from "@/api/session";
import { Button } from "@/design/Button";
import { useT } from "@/i18n";
import { JobPanel } from "@/jobs/JobPanel";
import { Refusal } from "@/jobs/Refusal";
import type { Output } from "@/jobs/request";
import { useSubmit } from "@/jobs/submit";
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
  if (!image || preprocessor === "none" || preprocessor === "inpaint") return null;
  const request: Preprocess = { kind: "preprocess", image, preprocessor, resolution };
  const of = JSON.stringify(request);
  const current = shown?.of === of ? shown.id : undefined;
  if (!may) return null;
  const look = async () => {
    const job = await submit(request);
    if (job) setShown({ of, id: job.id });
  };
  return (
    <div className="flex flex-col gap-2">
      {!current && (
        <Button size="sm" className="self-start" busy={pending} onClick={() => void look()}>
          <ScanEye size={15} aria-hidden="true" />
          {t("advanced.controls.preview")}
        </Button>
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
