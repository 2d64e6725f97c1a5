import { useNavigate } from "@tanstack/react-router";
import { Download, Ellipsis, Images, Info, Share2, SlidersHorizontal, Workflow } from "lucide-react";
import { type ReactNode, useState } from "react";
import type { Job } from "@/api/schema.gen";
import { useMay } from "@/api/session";
import { Button } from "@/design/Button";
import { Menu, type MenuEntry } from "@/design/Menu";
import { toast } from "@/design/Toaster";
import { useT } from "@/i18n";
import { useOpenAsWorkflow } from "@/jobs/actions";
import { Refusal } from "@/jobs/Refusal";
import { type Output, paints } from "@/jobs/request";
import { useSubmit } from "@/jobs/submit";
import { variationsOf } from "@/jobs/variations";
import { ShareDialog } from "@/pictures/ShareDialog";
import { downloadUrl } from "@/pictures/urls";

/** What can be done with a finished picture: only what there is, and what one may. */
export function PictureActions({
  job,
  output,
  onVariations,
  children,
}: {
  job: Job;
  output: Output;
  onVariations?: (job: Job) => void;
  children?: ReactNode;
}) {
  const t = useT();
  const navigate = useNavigate();
  const [sharing, setSharing] = useState(false);
  const { submit, pending, problem, clear } = useSubmit();
  const mayPaint = useMay("job:create");
  const mayShare = useMay("asset:update");
  const mayKeep = useMay("workflow:create");
  const workflow = useOpenAsWorkflow();
  const variations = mayPaint ? variationsOf(job.request, output.asset_id) : undefined;

  const vary = async () => {
    if (!variations) return;
    const made = await submit(variations, job.team_id ? { team_id: job.team_id } : {});
    if (!made) return;
    if (onVariations) onVariations(made);
    else toast(t("jobs.result.variationsStarted"));
  };

  const entries: MenuEntry[] = [
    ...(mayPaint && paints(job.request)
      ? [
          {
            label: t("jobs.result.advanced"),
            icon: <SlidersHorizontal size={16} aria-hidden="true" />,
            onSelect: () =>
              void navigate({ to: "/create/advanced", search: { from: output.asset_id } as never }),
          },
        ]
      : []),
    {
      label: t("jobs.result.open"),
      icon: <Info size={16} aria-hidden="true" />,
      onSelect: () => void navigate({ to: "/gallery/$assetId", params: { assetId: output.asset_id } }),
    },
  ];

  return (
    <div className="flex flex-col gap-3">
      <div
        role="group"
        aria-label={t("jobs.result.actions")}
        className="grid grid-cols-2 gap-2 [&_svg]:shrink-0 sm:flex sm:flex-wrap sm:justify-center"
      >
        <Button asChild>
          <a href={downloadUrl(output.asset_id)} download>
            <Download size={16} aria-hidden="true" />
            {t("action.download")}
          </a>
        </Button>
        {mayShare && (
          <Button onClick={() => setSharing(true)}>
            <Share2 size={16} aria-hidden="true" />
            {t("jobs.result.share")}
          </Button>
        )}
        {variations && (
          <Button busy={pending} onClick={() => void vary()}>
            <Images size={16} aria-hidden="true" />
            {t("jobs.result.variations")}
          </Button>
        )}
        {mayKeep && (
          <Button
            className="max-sm:px-2 max-sm:text-sm"
            busy={workflow.isPending}
            onClick={() => workflow.mutate(job)}
          >
            <Workflow size={16} aria-hidden="true" />
            {t("jobs.result.workflow")}
          </Button>
        )}
        <Menu
          trigger={
            <Button className="max-sm:col-span-2">
              <Ellipsis size={16} aria-hidden="true" />
              {t("action.more")}
            </Button>
          }
          entries={entries}
        />
        {children}
      </div>
      {problem && <Refusal problem={problem} onClose={clear} />}
      {mayShare && <ShareDialog assetId={output.asset_id} open={sharing} onOpenChange={setSharing} />}
    </div>
  );
}
