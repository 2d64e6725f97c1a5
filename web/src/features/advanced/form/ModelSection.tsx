import type { CheckpointOptions, Options } from "@/api/schema.gen";
import { Field } from "@/design/Field";
import { Select } from "@/design/Select";
import { useT } from "@/i18n";
import { checkpointOf } from "../choices";
import { withCheckpoint } from "../draft/checkpoint";
import { change, fill, useDrafts, useField } from "../draft/store";
import { useErrors } from "../errors";
import { Section } from "./Section";

const OWN = "own";

/** The checkpoint, and the VAE that turns its latents into a picture. */
export function ModelSection({ options }: { options: Options }) {
  const t = useT();
  const errors = useErrors();
  const model = useField("model");
  const vae = useField("vae");
  const here = checkpointOf(options, model);
  const choose = (name: string) => {
    const to = checkpointOf(options, name);
    if (to) fill(withCheckpoint(useDrafts.getState().draft, to, here));
  };
  const note = (one: CheckpointOptions) =>
    t(one.inpainting ? "advanced.model.noteInpainting" : "advanced.model.note", {
      family: one.family.toUpperCase(),
      side: one.native_size,
    });
  return (
    <Section title={t("advanced.model.title")}>
      <div className="grid gap-4 sm:grid-cols-2">
        <Field
          label={t("advanced.model.checkpoint")}
          explain={t("advanced.model.checkpointExplain")}
          error={errors.model ?? (here ? undefined : t("advanced.model.gone", { name: model }))}
        >
          {(ids) => (
            <Select
              ids={ids}
              value={here ? model : undefined}
              placeholder={model}
              onChange={choose}
              options={options.checkpoints.map((one) => ({
                value: one.name,
                label: one.name,
                note: note(one),
              }))}
            />
          )}
        </Field>
        <Field label={t("advanced.model.vae")} explain={t("advanced.model.vaeExplain")} error={errors.vae}>
          {(ids) => (
            <Select
              ids={ids}
              value={vae ?? OWN}
              onChange={(name) => change({ vae: name === OWN ? null : name })}
              options={[
                { value: OWN, label: t("advanced.model.ownVae") },
                ...[...new Set([...options.vaes, ...(vae ? [vae] : [])])].map((name) => ({
                  value: name,
                  label: name,
                })),
              ]}
            />
          )}
        </Field>
      </div>
    </Section>
  );
}
