import { Dices } from "lucide-react";
import { IconButton } from "@/design/Button";
import { Field as Labelled } from "@/design/Field";
import { NumberInput } from "@/design/NumberField";
import type { ControlProps } from "@/features/workflows/form/FieldControl";
import { randomSeed } from "@/features/workflows/form/values";
import { labelOf } from "@/features/workflows/form/words";
import { useT } from "@/i18n";

/** A seed: typed, or drawn. */
export function SeedField({ field, value, onChange, error }: ControlProps) {
  const t = useT();
  const seed = Number(value ?? 0);
  return (
    <Labelled
      label={labelOf(field)}
      explain={field.explain || undefined}
      error={error}
      note={Number.isSafeInteger(seed) ? undefined : t("workflows.form.tooLarge")}
    >
      {(ids) => (
        <div className="flex gap-2">
          <NumberInput ids={ids} value={seed} onChange={onChange} min={field.min} max={field.max} />
          <IconButton
            label={t("workflows.form.dice")}
            kind="normal"
            className="size-10!"
            onClick={() => onChange(Math.min(field.max, Math.max(field.min, randomSeed())))}
          >
            <Dices size={18} aria-hidden="true" />
          </IconButton>
        </div>
      )}
    </Labelled>
  );
}
