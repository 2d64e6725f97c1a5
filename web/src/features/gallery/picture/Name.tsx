import { Pencil } from "lucide-react";
import { useState } from "react";
import type { AssetDetails } from "@/api/schema.gen";
import { Button, IconButton } from "@/design/Button";
import { Dialog } from "@/design/Dialog";
import { TextField } from "@/design/Field";
import { useT } from "@/i18n";
import { useChanges } from "@/pictures/changes";

/** A button that asks for another name. */
export function Rename({ asset }: { asset: AssetDetails }) {
  const t = useT();
  const changes = useChanges();
  const [open, setOpen] = useState(false);
  const [name, setName] = useState(asset.name);
  const [empty, setEmpty] = useState(false);
  const kept = name.replace(/[\s\p{Cc}]+/gu, " ").trim();
  return (
    <>
      <IconButton
        label={t("action.rename")}
        onClick={() => {
          setName(asset.name);
          setEmpty(false);
          setOpen(true);
        }}
      >
        <Pencil size={17} aria-hidden="true" />
      </IconButton>
      <Dialog open={open} onOpenChange={setOpen} title={t("gallery.name.title")}>
        <form
          className="flex flex-col gap-4"
          onSubmit={(event) => {
            event.preventDefault();
            if (!kept) return setEmpty(true);
            setOpen(false);
            if (kept !== asset.name) void changes.rename(asset.id, kept);
          }}
        >
          <TextField
            label={t("gallery.name.name")}
            value={name}
            maxLength={120}
            autoFocus
            onChange={setName}
            error={empty && !kept ? t("gallery.name.empty") : undefined}
          />
          <Button type="submit" kind="primary">
            {t("action.save")}
          </Button>
        </form>
      </Dialog>
    </>
  );
}
