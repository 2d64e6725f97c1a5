import { Link, useNavigate } from "@tanstack/react-router";
import {
  ArchiveRestore,
  Columns2,
  Download,
  ImagePlus,
  Repeat,
  Share2,
  SlidersHorizontal,
  Trash2,
  Workflow,
} from "lucide-react";
import { useState } from "react";
import { sentence } from "@/api/problem";
import type { AssetDetails } from "@/api/schema.gen";
import { useMay } from "@/api/session";
import { Button } from "@/design/Button";
import { toast } from "@/design/Toaster";
import { useRestoreFromArchive } from "@/features/gallery/picture/archive";
import { PaintAgain } from "@/features/gallery/picture/PaintAgain";
import { jobOf, repeatable, requestIn } from "@/features/gallery/picture/requestOf";
import { useAgain } from "@/features/gallery/picture/useAgain";
import { useT } from "@/i18n";
import { useOpenAsWorkflow } from "@/jobs/actions";
import { Refusal } from "@/jobs/Refusal";
import { PickPicture } from "@/pictures/PickPicture";
import { ShareDialog } from "@/pictures/ShareDialog";
import { downloadUrl } from "@/pictures/urls";
import { useOwn } from "@/pictures/useOwn";

/** What can be done with a picture: only what there is, and what one may. */
export function Actions({ asset, onDelete }: { asset: AssetDetails; onDelete: () => void }) {
  const t = useT();
  const navigate = useNavigate();
  const mayPaint = useMay("job:create");
  const own = useOwn(asset);
  const mayChange = useMay("asset:update") && own;
  const mayDelete = useMay("asset:delete") && own;
  const mayKeep = useMay("workflow:create");
  const [open, setOpen] = useState<"share" | "compare" | null>(null);
  const again = useAgain(asset);
  const workflow = useOpenAsWorkflow();
  const archive = useRestoreFromArchive(asset);
  const [looking, setLooking] = useState(false);
  const hot = asset.storage === "hot";
  const repeats = repeatable(asset);

  const openWorkflow = async () => {
    setLooking(true);
    try {
      const job = await jobOf(asset);
      if (job) workflow.mutate(job);
      else toast.error(t("gallery.act.noJob"));
    } catch (error) {
      toast.error(sentence(error));
    } finally {
      setLooking(false);
    }
  };

  return (
    <div className="flex flex-col gap-2">
      <div
        role="group"
        aria-label={t("gallery.act.title")}
        className="grid grid-cols-2 gap-2 *:px-2 max-sm:*:text-sm *:first:col-span-2 *:last:even:col-span-2"
      >
        {mayPaint && repeats && (
          <Button kind="primary" busy={again.pending} onClick={() => void again.again()}>
            <Repeat size={17} aria-hidden="true" />
            {t("gallery.act.again")}
          </Button>
        )}
        {mayPaint && requestIn(asset) && (
          <Button asChild>
            <Link to="/create/advanced" search={{ from: asset.id } as never}>
              <SlidersHorizontal size={17} aria-hidden="true" />
              {t("gallery.act.settings")}
            </Link>
          </Button>
        )}
        {mayPaint && hot && (
          <Button asChild>
            <Link to="/create/advanced" search={{ image: asset.id } as never}>
              <ImagePlus size={17} aria-hidden="true" />
              {t("gallery.act.img2img")}
            </Link>
          </Button>
        )}
        {hot ? (
          <Button asChild>
            <a href={downloadUrl(asset.id)} download={asset.name}>
              <Download size={17} aria-hidden="true" />
              {t("action.download")}
            </a>
          </Button>
        ) : (
          mayChange && (
            <Button
              disabled={asset.storage === "restoring"}
              busy={archive.isPending}
              onClick={() => archive.mutate()}
            >
              <ArchiveRestore size={17} aria-hidden="true" />
              {asset.storage === "restoring" ? t("gallery.act.restoring") : t("gallery.act.restore")}
            </Button>
          )
        )}
        {mayChange && (
          <Button onClick={() => setOpen("share")}>
            <Share2 size={17} aria-hidden="true" />
            {t("gallery.act.share")}
          </Button>
        )}
        <Button onClick={() => setOpen("compare")}>
          <Columns2 size={17} aria-hidden="true" />
          {t("gallery.act.compare")}
        </Button>
        {mayKeep && asset.job_id !== null && (
          <Button busy={workflow.isPending || looking} onClick={() => void openWorkflow()}>
            <Workflow size={17} aria-hidden="true" />
            {t("gallery.act.workflow")}
          </Button>
        )}
        {mayDelete && (
          <Button kind="danger" onClick={onDelete}>
            <Trash2 size={17} aria-hidden="true" />
            {t("action.delete")}
          </Button>
        )}
      </div>
      {!hot && <p className="text-sm text-quiet">{t("gallery.act.archived")}</p>}
      {again.problem && <Refusal problem={again.problem} onClose={again.clear} />}
      {mayChange && (
        <ShareDialog assetId={asset.id} open={open === "share"} onOpenChange={(to) => !to && setOpen(null)} />
      )}
      <PickPicture
        open={open === "compare"}
        onOpenChange={(to) => !to && setOpen(null)}
        title={t("gallery.compare.with")}
        onPick={(other) =>
          void navigate({ to: "/gallery/compare", search: { a: asset.id, b: other.id } as never })
        }
      />
      {again.job && <PaintAgain asset={asset} job={again.job} onClose={again.close} />}
    </div>
  );
}
