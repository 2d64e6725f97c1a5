import { useState } from "react";
import type { Asset } from "@/api/schema.gen";
import { Button } from "@/design/Button";
import { Dialog } from "@/design/Dialog";
import { Field } from "@/design/Field";
import { useT } from "@/i18n";
import { useChanges } from "@/pictures/changes";
import { useFacets } from "@/pictures/queries";
import { TagInput } from "@/pictures/TagInput";

/** Puts tags on several pictures, and takes others off. */
export function TagDialog({
  assets,
  open,
  onOpenChange,
}: {
  assets: Asset[];
  open: boolean;
  onOpenChange: (open: boolean) => void;
}) {
  const t = useT();
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={t("gallery.tags.title", { count: assets.length })}>
      {open && <Form assets={assets} onDone={() => onOpenChange(false)} />}
    </Dialog>
  );
}

function Form({ assets, onDone }: { assets: Asset[]; onDone: () => void }) {
  const t = useT();
  const facets = useFacets();
  const changes = useChanges();
  const [add, setAdd] = useState<string[]>([]);
  const [off, setOff] = useState<string[]>([]);
  const there = [...new Set(assets.flatMap((asset) => asset.tags))].sort();
  const save = () => {
    onDone();
    void changes.tag(
      assets.map((asset) => asset.id),
      add,
      off,
    );
  };
  return (
    <div className="flex flex-col gap-4">
      <Field label={t("gallery.tags.add")}>
        {(ids) => <TagInput ids={ids} tags={add} onChange={setAdd} suggestions={facets.data?.tags ?? []} />}
      </Field>
      {there.length > 0 && (
        <fieldset>
          <legend className="mb-1.5 text-sm font-medium">{t("gallery.tags.off")}</legend>
          <div className="flex flex-wrap gap-1.5">
            {there.map((tag) => (
              <button
                key={tag}
                type="button"
                aria-pressed={off.includes(tag)}
                className="min-h-8 rounded-full border border-edge/60 px-3 text-sm hover:bg-hover aria-pressed:border-bad aria-pressed:bg-bad-soft aria-pressed:text-bad aria-pressed:line-through"
                onClick={() =>
                  setOff(off.includes(tag) ? off.filter((other) => other !== tag) : [...off, tag])
                }
              >
                {tag}
              </button>
            ))}
          </div>
        </fieldset>
      )}
      <Button kind="primary" disabled={add.length === 0 && off.length === 0} onClick={save}>
        {t("action.apply")}
      </Button>
    </div>
  );
}
