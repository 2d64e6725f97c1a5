import { ArrowDown, ArrowUp, Plus, SlidersHorizontal, X } from "lucide-react";
import { useState } from "react";
import { Button, IconButton } from "@/design/Button";
import { SliderField } from "@/design/NumberField";
import { Switch } from "@/design/Switch";
import { useT } from "@/i18n";
import { useFiles } from "../choices";
import { type DraftLora, LORA, MOST, newKey } from "../draft/draft";
import { change, changeLora, useField } from "../draft/store";
import { useErrors } from "../errors";
import { FilePicker } from "./FilePicker";
import { moved } from "./lists";
import { Section } from "./Section";

/** LoRAs at work, one above the other, each with its strength. */
export function LoraStack() {
  const t = useT();
  const loras = useField("loras");
  const model = useField("model");
  const { data: files } = useFiles("lora", model);
  const errors = useErrors();
  const [picking, setPicking] = useState(false);
  const set = (next: (now: DraftLora[]) => DraftLora[]) => change((now) => ({ loras: next(now.loras) }));
  const on = loras.filter((one) => one.on).length;
  const wrong = Object.keys(errors).some((path) => path.startsWith("loras"));
  return (
    <Section
      title={t("advanced.loras.title")}
      folds
      wrong={wrong}
      inUse={on ? t("advanced.inUse", { count: on }) : undefined}
    >
      <p className="text-sm text-quiet">{t("advanced.loras.explain")}</p>
      {errors.loras && (
        <p role="alert" className="text-sm text-bad">
          {errors.loras}
        </p>
      )}
      <ul className="flex flex-col gap-3">
        {loras.map((lora, place) => (
          <LoraRow
            key={lora.key}
            lora={lora}
            known={!files || files.some((one) => one.name === lora.name)}
            error={errors[`loras.${lora.key}.name`] ?? errors[`loras.${lora.key}.strength`]}
            onChange={(fields) => changeLora(lora.key, fields)}
            onRemove={() => set((now) => now.filter((one) => one.key !== lora.key))}
            onMove={(by) => set((now) => moved(now, place, by))}
            first={place === 0}
            last={place === loras.length - 1}
          />
        ))}
      </ul>
      {files?.length === 0 && loras.length === 0 ? (
        <p className="text-sm text-quiet">{t("advanced.loras.none", { name: model })}</p>
      ) : (
        <Button
          size="sm"
          className="self-start"
          disabled={loras.length >= MOST.loras}
          onClick={() => setPicking(true)}
        >
          <Plus size={15} aria-hidden="true" />
          {t("advanced.loras.add")}
        </Button>
      )}
      <FilePicker
        open={picking}
        onOpenChange={setPicking}
        title={t("advanced.loras.add")}
        models={files ?? []}
        onPick={(one) => set((now) => [...now, { ...LORA, key: newKey(), name: one.name, strength: 0.8 }])}
      />
    </Section>
  );
}

function LoraRow({
  lora,
  known,
  error,
  onChange,
  onRemove,
  onMove,
  first,
  last,
}: {
  lora: DraftLora;
  known: boolean;
  error: string | undefined;
  onChange: (fields: Partial<DraftLora>) => void;
  onRemove: () => void;
  onMove: (by: number) => void;
  first: boolean;
  last: boolean;
}) {
  const t = useT();
  const { name } = lora;
  const apart = lora.strength_clip !== null;
  return (
    <li className="rounded-control border border-line bg-raised p-3">
      <div className="flex items-center gap-1">
        <div className="min-w-0 flex-1 break-all">
          <Switch
            label={name}
            explain={t("advanced.onExplain")}
            checked={lora.on}
            onChange={(on) => onChange({ on })}
          />
        </div>
        <IconButton
          label={t("advanced.loras.apart")}
          aria-pressed={apart}
          className={apart ? "text-accent-ink" : ""}
          onClick={() => onChange({ strength_clip: apart ? null : lora.strength })}
        >
          <SlidersHorizontal size={15} aria-hidden="true" />
        </IconButton>
        <IconButton label={t("advanced.loras.up", { name })} disabled={first} onClick={() => onMove(-1)}>
          <ArrowUp size={15} aria-hidden="true" />
        </IconButton>
        <IconButton label={t("advanced.loras.down", { name })} disabled={last} onClick={() => onMove(1)}>
          <ArrowDown size={15} aria-hidden="true" />
        </IconButton>
        <IconButton label={t("advanced.loras.remove", { name })} onClick={onRemove}>
          <X size={15} aria-hidden="true" />
        </IconButton>
      </div>
      <SliderField
        label={t(apart ? "advanced.loras.unet" : "advanced.loras.strength", { name })}
        explain={t("advanced.loras.strengthExplain")}
        min={Math.min(-2, lora.strength)}
        max={Math.max(2, lora.strength)}
        step={0.05}
        value={lora.strength}
        onChange={(strength) => onChange({ strength })}
        error={error ?? (known ? undefined : t("advanced.loras.unknown", { name }))}
        note={lora.blocks ? t("advanced.loras.blocks", { count: lora.blocks.length }) : undefined}
      />
      {lora.strength_clip !== null && (
        <SliderField
          label={t("advanced.loras.clip", { name })}
          explain={t("advanced.loras.clipExplain")}
          min={Math.min(-2, lora.strength_clip)}
          max={Math.max(2, lora.strength_clip)}
          step={0.05}
          value={lora.strength_clip}
          onChange={(strength_clip) => onChange({ strength_clip })}
        />
      )}
    </li>
  );
}
