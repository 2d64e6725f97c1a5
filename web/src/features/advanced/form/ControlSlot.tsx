import { X } from "lucide-react";
import type { Model, Options } from "@/api/schema.gen";
import { IconButton } from "@/design/Button";
import { Field } from "@/design/Field";
import { SliderField } from "@/design/NumberField";
import { Select } from "@/design/Select";
import { Switch } from "@/design/Switch";
import { useT } from "@/i18n";
import { type DraftControl, MODES } from "../draft/draft";
import { useErrors } from "../errors";
import { HintPreview } from "./HintPreview";
import { PictureInput } from "./PictureInput";
import { suited } from "./suited";

/** One ControlNet: its file, the picture, what makes a hint of it, and how much it counts. */
export function ControlSlot({
  control,
  place,
  files,
  options,
  masked,
  resolution,
  onChange,
  onRemove,
}: {
  control: DraftControl;
  place: number;
  files: readonly Model[] | undefined;
  options: Options;
  masked: boolean;
  resolution: number;
  onChange: (fields: Partial<DraftControl>) => void;
  onRemove: () => void;
}) {
  const t = useT();
  const errors = useErrors();
  const error = (name: string) => errors[`controls.${control.key}.${name}`];
  const names = [
    ...new Set([...(files ?? []).map((one) => one.name), ...(control.name ? [control.name] : [])]),
  ];
  const unknown = files && control.name && !files.some((one) => one.name === control.name);
  return (
    <li className="flex flex-col gap-3 rounded-control border border-line bg-raised p-3">
      <div className="flex items-center justify-between gap-2">
        <Switch
          label={t("advanced.controls.slot", { place })}
          explain={t("advanced.onExplain")}
          checked={control.on}
          onChange={(on) => onChange({ on })}
        />
        <IconButton label={t("advanced.controls.remove", { place })} onClick={onRemove}>
          <X size={15} aria-hidden="true" />
        </IconButton>
      </div>
      <div className="grid gap-3 sm:grid-cols-2">
        <Field
          label={t("advanced.controls.name")}
          explain={t("advanced.controls.nameExplain")}
          error={
            error("name") ?? (unknown ? t("advanced.controls.unknown", { name: control.name }) : undefined)
          }
        >
          {(ids) => (
            <Select
              ids={ids}
              value={control.name || undefined}
              placeholder={t("advanced.choose")}
              onChange={(name) => {
                const fits = suited(files?.find((one) => one.name === name));
                onChange({ name, ...(fits && control.preprocessor === "none" && { preprocessor: fits }) });
              }}
              options={names.map((name) => ({ value: name, label: name }))}
            />
          )}
        </Field>
        <Field
          label={t("advanced.controls.preprocessor")}
          explain={t("advanced.controls.preprocessorExplain")}
          error={error("preprocessor")}
        >
          {(ids) => (
            <Select
              ids={ids}
              value={control.preprocessor}
              onChange={(name) => onChange({ preprocessor: name as DraftControl["preprocessor"] })}
              options={[
                ...options.preprocessors.map((one) => ({
                  value: one.name,
                  label: one.title,
                  note: one.available ? one.description : one.why,
                  disabled: !one.available,
                })),
                ...(masked || control.preprocessor === "inpaint"
                  ? [
                      {
                        value: "inpaint",
                        label: t("advanced.controls.inpaint"),
                        note: t("advanced.controls.inpaintNote"),
                      },
                    ]
                  : []),
              ]}
            />
          )}
        </Field>
      </div>
      {control.preprocessor !== "inpaint" && (
        <PictureInput
          label={t("advanced.controls.picture", { place })}
          explain={t("advanced.controls.pictureExplain")}
          error={error("image")}
          value={control.image}
          onChange={(image) => onChange({ image })}
        />
      )}
      <HintPreview
        control={control}
        resolution={resolution}
        onUse={(image) => onChange({ image, preprocessor: "none" })}
      />
      <SliderField
        label={t("advanced.controls.strength")}
        explain={t("advanced.controls.strengthExplain")}
        error={error("strength")}
        min={0}
        max={Math.max(2, control.strength)}
        step={0.05}
        value={control.strength}
        onChange={(strength) => onChange({ strength })}
      />
      <div className="grid gap-3 sm:grid-cols-2">
        <SliderField
          label={t("advanced.controls.start")}
          explain={t("advanced.controls.startExplain")}
          error={error("start")}
          min={0}
          max={1}
          step={0.01}
          value={control.start}
          onChange={(start) => onChange({ start })}
        />
        <SliderField
          label={t("advanced.controls.end")}
          explain={t("advanced.controls.endExplain")}
          error={error("end")}
          min={0}
          max={1}
          step={0.01}
          value={control.end}
          onChange={(end) => onChange({ end })}
        />
      </div>
      <Field
        label={t("advanced.controls.mode")}
        explain={t("advanced.controls.modeExplain")}
        error={error("mode")}
      >
        {(ids) => (
          <Select
            ids={ids}
            value={control.mode}
            onChange={(mode) => onChange({ mode: mode as DraftControl["mode"] })}
            options={MODES.map((value) => ({ value, label: t(`advanced.controls.modes.${value}`) }))}
          />
        )}
      </Field>
    </li>
  );
}
