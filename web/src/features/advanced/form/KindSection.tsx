import type { Options } from "@/api/schema.gen";
import { Choice } from "@/design/Choice";
import { Field } from "@/design/Field";
import { NumberInput, SliderField } from "@/design/NumberField";
import { Select } from "@/design/Select";
import { Switch } from "@/design/Switch";
import { useT } from "@/i18n";
import { type Draft, FILLS, KINDS, MOST } from "../draft/draft";
import { change, useDraft, useField } from "../draft/store";
import { useErrors } from "../errors";
import { PictureInput } from "./PictureInput";
import { Section } from "./Section";

/** What the picture is made of: words, a picture, a part of one, or what lies around one. */
export function KindChoice() {
  const t = useT();
  const kind = useField("kind");
  return (
    <Field label={t("advanced.kind.label")} explain={t("advanced.kind.explain")}>
      {() => (
        <Choice
          label={t("advanced.kind.label")}
          value={kind}
          onChange={(value) => change({ kind: value })}
          options={KINDS.map((value) => ({ value, label: t(`advanced.kind.${value}`) }))}
        />
      )}
    </Field>
  );
}

/** The picture that is begun with, and how much of it is painted anew. */
export function PictureSection({ options }: { options: Options }) {
  const t = useT();
  const draft = useDraft();
  const errors = useErrors();
  const { kind } = draft;
  if (kind === "txt2img") return null;
  const inpainting = options.checkpoints.find((one) => one.name === draft.model)?.inpainting;
  return (
    <Section title={t("advanced.picture.title")}>
      <PictureInput
        label={t("advanced.picture.image")}
        explain={t(`advanced.picture.explain.${kind}`)}
        error={errors.image}
        value={draft.image}
        onChange={(image) => change({ image })}
      />
      {kind === "inpaint" && (
        <PictureInput
          label={t("advanced.picture.mask")}
          explain={t("advanced.picture.maskExplain")}
          error={errors.mask}
          value={draft.mask}
          onChange={(mask) => change({ mask })}
        />
      )}
      {kind === "outpaint" && <Sides draft={draft} error={errors.left} />}
      <SliderField
        label={t("advanced.picture.strength")}
        explain={t("advanced.picture.strengthExplain")}
        error={errors.strength}
        min={Math.min(0.01, draft.strength)}
        max={1}
        step={0.01}
        value={draft.strength}
        onChange={(strength) => change({ strength })}
        note={inpainting && draft.strength < 1 ? t("advanced.picture.inpaintingStrength") : undefined}
      />
      {kind !== "img2img" && <Edges draft={draft} />}
    </Section>
  );
}

function Sides({ draft, error }: { draft: Draft; error: string | undefined }) {
  const t = useT();
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="sr-only">{t("advanced.picture.sides")}</legend>
      <div className="grid grid-cols-4 gap-2">
        {(["left", "top", "right", "bottom"] as const).map((side) => (
          <Field
            key={side}
            label={t(`advanced.picture.${side}`)}
            explain={t("advanced.picture.sidesExplain")}
          >
            {(ids) => (
              <NumberInput
                ids={ids}
                className="px-2"
                min={0}
                max={MOST.pixels}
                step={1}
                value={draft[side]}
                onChange={(pixels) => change({ [side]: pixels })}
              />
            )}
          </Field>
        ))}
      </div>
      {error && (
        <p role="alert" className="text-sm text-bad">
          {error}
        </p>
      )}
    </fieldset>
  );
}

function Edges({ draft }: { draft: Draft }) {
  const t = useT();
  const errors = useErrors();
  const pixels = (name: "feather" | "grow" | "padding", most: number) => (
    <SliderField
      label={t(`advanced.picture.${name}`)}
      explain={t(`advanced.picture.${name}Explain`)}
      error={errors[name]}
      min={0}
      max={Math.max(most, draft[name])}
      value={draft[name]}
      onChange={(value) => change({ [name]: value })}
    />
  );
  return (
    <>
      <Field
        label={t("advanced.picture.fill")}
        explain={t("advanced.picture.fillExplain")}
        error={errors.fill}
      >
        {(ids) => (
          <Select
            ids={ids}
            value={draft.fill}
            onChange={(fill) => change({ fill: fill as Draft["fill"] })}
            options={FILLS.map((value) => ({ value, label: t(`advanced.picture.fills.${value}`) }))}
          />
        )}
      </Field>
      {pixels("feather", 128)}
      {draft.kind === "inpaint" && (
        <>
          {pixels("grow", 128)}
          <Switch
            label={t("advanced.picture.invert")}
            explain={t("advanced.picture.invertExplain")}
            checked={draft.invert}
            onChange={(invert) => change({ invert })}
          />
          <Switch
            label={t("advanced.picture.onlyMasked")}
            explain={t("advanced.picture.onlyMaskedExplain")}
            checked={draft.only_masked}
            onChange={(only_masked) => change({ only_masked })}
          />
          {draft.only_masked && pixels("padding", 256)}
        </>
      )}
    </>
  );
}
