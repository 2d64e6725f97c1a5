import { ImageUp } from "lucide-react";
import { useState } from "react";
import { Button } from "@/design/Button";
import { cx } from "@/design/cx";
import { Field as Labelled } from "@/design/Field";
import type { ControlProps } from "@/features/workflows/form/FieldControl";
import { labelOf } from "@/features/workflows/form/words";
import { useT } from "@/i18n";
import { PickPicture } from "@/pictures/PickPicture";
import { useAsset } from "@/pictures/queries";
import { Thumbnail } from "@/pictures/Thumbnail";

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** A picture that a node takes: one that one has, or a new one. The graph names it by its id. */
export function PictureField({ field, value, onChange, error }: ControlProps) {
  const t = useT();
  const [open, setOpen] = useState(false);
  const given = String(value ?? "");
  const asset = useAsset(ID.test(given) ? given : undefined);
  const label = labelOf(field);
  const action = asset.data ? t("workflows.form.change") : t("workflows.form.choose");
  return (
    <Labelled label={label} explain={field.explain || undefined} error={error}>
      {(ids) => (
        <div className="flex items-center gap-3">
          <span
            className={cx(
              "grid size-24 shrink-0 place-items-center overflow-hidden rounded-control border bg-hover text-quiet",
              error ? "border-bad" : "border-line",
            )}
          >
            {asset.data ? (
              <Thumbnail asset={asset.data} fit="cover" sizes="96px" />
            ) : (
              <ImageUp size={22} aria-hidden="true" />
            )}
          </span>
          <div className="flex min-w-0 flex-col items-start gap-2">
            <Button {...ids} aria-label={`${action}: ${label}`} onClick={() => setOpen(true)}>
              {action}
            </Button>
            <p className="max-w-full truncate text-sm text-quiet">
              {asset.data?.name ||
                (given && !ID.test(given)
                  ? t("workflows.form.named", { name: given })
                  : !given && t("workflows.form.noPicture"))}
            </p>
          </div>
          <PickPicture
            open={open}
            onOpenChange={setOpen}
            onPick={(picked) => onChange(picked.id)}
            title={label}
          />
        </div>
      )}
    </Labelled>
  );
}
