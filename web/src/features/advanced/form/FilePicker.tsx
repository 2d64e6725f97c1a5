import { useState } from "react";
import type { Model } from "@/api/schema.gen";
import { Dialog } from "@/design/Dialog";
import { TextField } from "@/design/Field";
import { useT } from "@/i18n";
import { triggersOf } from "../prompt/complete";

/** Those whose name or words hold all that is typed. */
export function found(models: readonly Model[], typed: string): Model[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  return models.filter((one) => {
    const text = `${one.name} ${triggersOf(one).join(" ")}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** Asks for one of many files, by name. */
export function FilePicker({
  open,
  onOpenChange,
  title,
  models,
  onPick,
}: {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  models: readonly Model[];
  onPick: (model: Model) => void;
}) {
  const t = useT();
  const [typed, setTyped] = useState("");
  const shown = found(models, typed).slice(0, 200);
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={title}>
      <TextField label={t("action.search")} type="search" value={typed} onChange={setTyped} autoFocus />
      <ul className="mt-3 flex flex-col gap-1">
        {shown.map((one) => (
          <li key={one.id}>
            <button
              type="button"
              className="flex min-h-10 w-full flex-col justify-center rounded-control px-3 py-1.5 text-left hover:bg-hover"
              onClick={() => {
                onPick(one);
                onOpenChange(false);
                setTyped("");
              }}
            >
              <span className="break-all">{one.name}</span>
              {triggersOf(one).length > 0 && (
                <span className="text-sm text-quiet">
                  {t("advanced.files.triggers", { words: triggersOf(one).join(", ") })}
                </span>
              )}
            </button>
          </li>
        ))}
      </ul>
      {shown.length === 0 && <p className="mt-3 text-quiet">{t("advanced.files.none")}</p>}
    </Dialog>
  );
}
