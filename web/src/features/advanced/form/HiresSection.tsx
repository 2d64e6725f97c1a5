import type { Options } from "@/api/schema.gen";
import { Choice } from "@/design/Choice";
import { Field } from "@/design/Field";
import { NumberInput, SliderField } from "@/design/NumberField";
import { Select } from "@/design/Select";
import { Switch } from "@/design/Switch";
import { useT } from "@/i18n";
import { LEAST_SIDE, MOST, SIDE_STEP } from "../draft/draft";
import { change, useDraft } from "../draft/store";
import { useErrors } from "../errors";
import { Section } from "./Section";

/** A second pass over a larger form of the picture. */
export function HiresSection({ options }: { options: Options }) {
  const t = useT();
  const { kind, hires, steps } = useDraft();
  const errors = useErrors();
  if (kind !== "txt2img") return null;
  const set = (fields: Partial<typeof hires>) => change({ hires: { ...hires, ...fields } });
  return (
    <Section
      title={t("advanced.hires.title")}
      folds
      inUse={hires.on ? t("advanced.on") : undefined}
      wrong={Object.keys(errors).some((path) => path.startsWith("hires"))}
    >
      <Switch
        label={t("advanced.hires.on")}
        explain={t("advanced.hires.explain")}
        checked={hires.on}
        onChange={(on) => set({ on })}
      />
      {errors.hires && (
        <p role="alert" className="text-sm text-bad">
          {errors.hires}
        </p>
      )}
      {hires.on && (
        <>
          <Field label={t("advanced.hires.by")} explain={t("advanced.hires.byExplain")}>
            {() => (
              <Choice
                label={t("advanced.hires.by")}
                value={hires.by}
                onChange={(by) => set({ by })}
                options={[
                  { value: "scale", label: t("advanced.hires.byScale") },
                  { value: "size", label: t("advanced.hires.bySize") },
                ]}
              />
            )}
          </Field>
          {hires.by === "scale" ? (
            <SliderField
              label={t("advanced.hires.scale")}
              explain={t("advanced.hires.scaleExplain")}
              error={errors["hires.scale"]}
              min={Math.min(1.05, hires.scale)}
              max={4}
              step={0.05}
              value={hires.scale}
              onChange={(scale) => set({ scale })}
            />
          ) : (
            <div className="grid grid-cols-2 gap-3">
              {(["width", "height"] as const).map((side) => (
                <Field
                  key={side}
                  label={t(`advanced.size.${side}`)}
                  explain={t("advanced.size.sideExplain")}
                  error={errors[`hires.${side}`]}
                >
                  {(ids) => (
                    <NumberInput
                      ids={ids}
                      min={LEAST_SIDE}
                      max={MOST.side}
                      step={SIDE_STEP}
                      value={hires[side]}
                      onChange={(pixels) => set({ [side]: pixels })}
                    />
                  )}
                </Field>
              ))}
            </div>
          )}
          <Field
            label={t("advanced.hires.upscaler")}
            explain={t("advanced.hires.upscalerExplain")}
            error={errors["hires.upscaler"]}
          >
            {(ids) => (
              <Select
                ids={ids}
                value={hires.upscaler}
                onChange={(upscaler) => set({ upscaler })}
                options={[
                  { value: "latent", label: t("advanced.hires.latent") },
                  ...options.upscalers.map((name) => ({ value: name, label: name })),
                ]}
              />
            )}
          </Field>
          <SliderField
            label={t("advanced.hires.denoise")}
            explain={t("advanced.hires.denoiseExplain")}
            error={errors["hires.denoise"]}
            min={Math.min(0.01, hires.denoise)}
            max={1}
            step={0.01}
            value={hires.denoise}
            onChange={(denoise) => set({ denoise })}
          />
          <Switch
            label={t("advanced.hires.ownSteps")}
            explain={t("advanced.hires.ownStepsExplain")}
            checked={hires.steps !== null}
            onChange={(own) => set({ steps: own ? steps : null })}
          />
          {hires.steps !== null && (
            <SliderField
              label={t("advanced.hires.steps")}
              explain={t("advanced.sampling.stepsExplain")}
              error={errors["hires.steps"]}
              min={1}
              max={MOST.steps}
              value={hires.steps}
              onChange={(own) => set({ steps: own })}
            />
          )}
        </>
      )}
    </Section>
  );
}
