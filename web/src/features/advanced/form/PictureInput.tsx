import { ImagePlus, Replace, X } from "lucide-react";
import { useRef, useState } from "react";
import { sentence } from "@/api/problem";
import { useMay } from "@/api/session";
import { Button, IconButton } from "@/design/Button";
import { cx } from "@/design/cx";
import { Field } from "@/design/Field";
import { Progress } from "@/design/States";
import { useT } from "@/i18n";
import { PickPicture } from "@/pictures/PickPicture";
import { useAsset } from "@/pictures/queries";
import { Thumbnail } from "@/pictures/Thumbnail";
import { sendPicture } from "@/pictures/uploads";

/** A picture of one's own, or a file that is dropped, pasted or chosen. */
export function PictureInput({
  label,
  explain,
  error,
  note,
  value,
  onChange,
}: {
  label: string;
  explain: string;
  error?: string | undefined;
  note?: string | undefined;
  value: string | null;
  onChange: (asset: string | null) => void;
}) {
  const t = useT();
  const may = useMay("asset:create");
  const [open, setOpen] = useState(false);
  const [part, setPart] = useState<number | null>(null);
  const [why, setWhy] = useState<string>();
  const { data: asset, error: gone } = useAsset(value ?? undefined);

  // The latest choice counts, whichever upload ends last.
  const latest = useRef(0);
  const choose = (asset: string | null) => {
    latest.current += 1;
    setPart(null);
    setWhy(undefined);
    onChange(asset);
  };
  const take = async (file: File | undefined) => {
    if (!file) return;
    latest.current += 1;
    const mine = latest.current;
    const only = (then: () => void) => mine === latest.current && then();
    setWhy(undefined);
    setPart(0);
    try {
      const { id } = await sendPicture(file, { onProgress: (part) => only(() => setPart(part)) });
      only(() => choose(id));
    } catch (problem) {
      only(() => {
        setPart(null);
        setWhy(sentence(problem));
      });
    }
  };

  return (
    <Field
      label={label}
      explain={explain}
      error={why ?? (value && gone ? t("advanced.picture.gone") : error)}
      note={note}
    >
      {(ids) => (
        <div
          className={cx(
            "flex min-h-22 items-center gap-3 rounded-control border border-dashed p-2",
            ids["aria-invalid"] ? "border-bad" : "border-edge/60",
          )}
          onDragOver={(event) => may && event.preventDefault()}
          onDrop={(event) => {
            event.preventDefault();
            if (may) void take(event.dataTransfer.files[0]);
          }}
          onPaste={(event) => may && void take(event.clipboardData.files[0])}
        >
          {value && (
            <span className="size-18 shrink-0 overflow-hidden rounded-md">
              {asset && <Thumbnail asset={asset} fit="cover" sizes="72px" eager />}
            </span>
          )}
          <div className="flex min-w-0 flex-1 flex-col items-start gap-1">
            <Button
              id={ids.id}
              aria-label={t("advanced.picture.of", {
                what: t(value ? "advanced.picture.replace" : "advanced.picture.choose"),
                name: label,
              })}
              aria-describedby={ids["aria-describedby"]}
              size="sm"
              onClick={() => setOpen(true)}
            >
              {value ? <Replace size={15} aria-hidden="true" /> : <ImagePlus size={15} aria-hidden="true" />}
              {t(value ? "advanced.picture.replace" : "advanced.picture.choose")}
            </Button>
            <span className="text-sm text-quiet">
              {asset
                ? t("advanced.picture.size", { width: asset.width, height: asset.height })
                : t(may ? "advanced.picture.drop" : "advanced.picture.mine")}
            </span>
            {part !== null && (
              <Progress value={part < 1 ? part : null} label={t("advanced.picture.sending")} />
            )}
          </div>
          {value && (
            <IconButton label={t("advanced.picture.remove", { name: label })} onClick={() => choose(null)}>
              <X size={16} aria-hidden="true" />
            </IconButton>
          )}
          <PickPicture
            open={open}
            onOpenChange={setOpen}
            title={label}
            onPick={(picked) => choose(picked.id)}
          />
        </div>
      )}
    </Field>
  );
}
