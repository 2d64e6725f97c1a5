import { Plus, X } from "lucide-react";
import { useState } from "react";
import { Button, IconButton } from "@/design/Button";
import { Field } from "@/design/Field";
import { SliderField } from "@/design/NumberField";
import { Select } from "@/design/Select";
import { Switch } from "@/design/Switch";
import { useT } from "@/i18n";
import { PickPicture } from "@/pictures/PickPicture";
import { useAsset } from "@/pictures/queries";
import { Thumbnail } from "@/pictures/Thumbnail";
import { useFiles } from "../choices";
import { MOST } from "../draft/draft";
import { change, useField } from "../draft/store";
import { useErrors } from "../errors";
import { Section } from "./Section";

/** Pictures that guide like words, by an IP-Adapter. */
export function GuideSection() {
  const t = useT();
  const guide = useField("guide");
  const model = useField("model");
  const errors = useErrors();
  const { data: files } = useFiles("ip_adapter", model);
  const [picking, setPicking] = useState(false);
  const set = (fields: Partial<typeof guide>) => change((now) => ({ guide: { ...now.guide, ...fields } }));
  const show = (next: (images: string[]) => string[]) =>
    change((now) => ({ guide: { ...now.guide, images: next(now.guide.images) } }));
  const names = [...new Set([...(files ?? []).map((one) => one.name), ...(guide.name ? [guide.name] : [])])];
  // Nothing to choose, and nothing chosen.
  if (names.length === 0) return null;
  return (
    <Section
      title={t("advanced.guide.title")}
      folds
      inUse={guide.on ? t("advanced.on") : undefined}
      wrong={Object.keys(errors).some((path) => path.startsWith("guide"))}
    >
      <Switch
        label={t("advanced.guide.on")}
        explain={t("advanced.guide.explain")}
        checked={guide.on}
        onChange={(on) => set({ on, ...(on && !guide.name && { name: names[0] ?? "" }) })}
      />
      {guide.on && (
        <>
          <Field
            label={t("advanced.guide.name")}
            explain={t("advanced.guide.nameExplain")}
            error={errors["guide.name"]}
          >
            {(ids) => (
              <Select
                ids={ids}
                value={guide.name || undefined}
                placeholder={t("advanced.choose")}
                onChange={(name) => set({ name })}
                options={names.map((name) => ({ value: name, label: name }))}
              />
            )}
          </Field>
          <Field
            label={t("advanced.guide.images")}
            explain={t("advanced.guide.imagesExplain")}
            error={errors["guide.images"]}
          >
            {(ids) => (
              <div className="flex flex-wrap items-center gap-2">
                {guide.images.map((id) => (
                  <Chosen
                    key={id}
                    id={id}
                    onRemove={() => show((images) => images.filter((one) => one !== id))}
                  />
                ))}
                <Button
                  id={ids.id}
                  size="sm"
                  disabled={guide.images.length >= MOST.pictures}
                  onClick={() => setPicking(true)}
                >
                  <Plus size={15} aria-hidden="true" />
                  {t("advanced.guide.add")}
                </Button>
              </div>
            )}
          </Field>
          <PickPicture
            open={picking}
            onOpenChange={setPicking}
            title={t("advanced.guide.add")}
            onPick={(asset) => show((images) => [...new Set([...images, asset.id])])}
          />
          <SliderField
            label={t("advanced.guide.strength")}
            explain={t("advanced.guide.strengthExplain")}
            error={errors["guide.strength"]}
            min={Math.min(0, guide.strength)}
            max={Math.max(2, guide.strength)}
            step={0.05}
            value={guide.strength}
            onChange={(strength) => set({ strength })}
          />
          <div className="grid gap-3 sm:grid-cols-2">
            <SliderField
              label={t("advanced.controls.start")}
              explain={t("advanced.controls.startExplain")}
              min={0}
              max={1}
              step={0.01}
              value={guide.start}
              onChange={(start) => set({ start })}
            />
            <SliderField
              label={t("advanced.controls.end")}
              explain={t("advanced.controls.endExplain")}
              error={errors["guide.end"]}
              min={0}
              max={1}
              step={0.01}
              value={guide.end}
              onChange={(end) => set({ end })}
            />
          </div>
        </>
      )}
    </Section>
  );
}

function Chosen({ id, onRemove }: { id: string; onRemove: () => void }) {
  const t = useT();
  const { data } = useAsset(id);
  return (
    <span className="relative size-16 overflow-hidden rounded-md bg-hover">
      {data && <Thumbnail asset={data} fit="cover" sizes="64px" />}
      <IconButton
        label={t("advanced.picture.remove", { name: data?.name ?? "" })}
        className="absolute right-0 top-0 size-7! bg-surface/80"
        onClick={onRemove}
      >
        <X size={13} aria-hidden="true" />
      </IconButton>
    </span>
  );
}
