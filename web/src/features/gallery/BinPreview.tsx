import { ArchiveRestore } from "lucide-react";
import type { Asset } from "@/api/schema.gen";
import { Button } from "@/design/Button";
import { Dialog } from "@/design/Dialog";
import { useT } from "@/i18n";
import { moment } from "@/lib/moments";
import { useChanges } from "@/pictures/changes";
import { Thumbnail } from "@/pictures/Thumbnail";
import { titleOf } from "@/pictures/urls";

/** A picture of the bin, of which there is only its smaller form. */
export function BinPreview({
  asset,
  mayRestore,
  onClose,
}: {
  asset: Asset;
  mayRestore: boolean;
  onClose: () => void;
}) {
  const t = useT();
  const changes = useChanges();
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={titleOf(asset)}
      description={t("gallery.bin.since", { moment: moment(asset.deleted_at ?? asset.created_at) })}
      wide
      footer={
        mayRestore && (
          <Button
            kind="primary"
            onClick={() => {
              onClose();
              void changes.restore([asset.id]);
            }}
          >
            <ArchiveRestore size={17} aria-hidden="true" />
            {t("gallery.bin.restore")}
          </Button>
        )
      }
    >
      <div
        className="mx-auto"
        style={{ width: `min(100%, calc(60dvh * ${asset.width / (asset.height || 1)}))` }}
      >
        <Thumbnail asset={asset} sizes="1024px" className="rounded-control" />
      </div>
    </Dialog>
  );
}
