import type { Choice, Options } from "@/api/schema.gen";
import { Field } from "@/design/Field";
import { SliderField } from "@/design/NumberField";
import { Select } from "@/design/Select";
import { useT } from "@/i18n";
import { change, useField } from "../draft/store";
import { useErrors } from "../errors";
import { Section } from "./Section";

/** How the picture comes out of the noise. */
export function SamplingSection({ options }: { options: Options }) {
  const t = useT();
  const errors = useErrors();
  const sampler = useField("sampler");
  const scheduler = useField("scheduler");
  const steps = useField("steps");
  const cfg = useField("cfg");
  const listed = (choices: readonly Choice[]) =>
    choices.map((one) => ({ value: one.name, label: one.title, note: one.description }));
  return (
    <Section title={t("advanced.sampling.title")}>
      <div className="grid grid-cols-2 gap-3">
        <Field
          label={t("advanced.sampling.sampler")}
          explain={t("advanced.sampling.samplerExplain")}
          error={errors.sampler}
        >
          {(ids) => (
            <Select
              ids={ids}
              value={sampler}
              onChange={(name) => change({ sampler: name })}
              options={listed(options.samplers)}
            />
          )}
        </Field>
        <Field
          label={t("advanced.sampling.scheduler")}
          explain={t("advanced.sampling.schedulerExplain")}
          error={errors.scheduler}
        >
          {(ids) => (
            <Select
              ids={ids}
              value={scheduler}
              onChange={(name) => change({ scheduler: name })}
              options={listed(options.schedulers)}
            />
          )}
        </Field>
      </div>
      <SliderField
        label={t("advanced.sampling.steps")}
        explain={t("advanced.sampling.stepsExplain")}
        error={errors.steps}
        min={1}
        max={options.bounds.max_steps}
        value={steps}
        onChange={(value) => change({ steps: value })}
      />
      <SliderField
        label={t("advanced.sampling.cfg")}
        explain={t("advanced.sampling.cfgExplain")}
        error={errors.cfg}
        note={cfg === 1 ? t("advanced.sampling.cfgOne") : undefined}
        min={Math.min(1, cfg)}
        max={options.bounds.max_cfg}
        step={0.1}
        value={cfg}
        onChange={(value) => change({ cfg: value })}
      />
    </Section>
  );
}
