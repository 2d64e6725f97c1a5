import type { CheckpointOptions } from "@/api/schema.gen";
import { Choice } from "@/design/Choice";
import { Field } from "@/design/Field";
import { SliderField } from "@/design/NumberField";
import { Switch } from "@/design/Switch";
import { useT } from "@/i18n";
import { type Draft, MOST, TILINGS } from "../draft/draft";
import { hasMore } from "../draft/request";
import { change, useDraft } from "../draft/store";
import { useErrors } from "../errors";
import { Section } from "./Section";
import { SeedInput } from "./SeedSection";

const NAMES = ["tiling", "variation", "pag", "cfg_rescale", "freeu", "thresholding", "clip_skip", "format"];

const inUse = (draft: Draft): number =>
  [
    draft.clip_skip > 1,
    draft.tiling !== "none",
    draft.variation_strength > 0,
    draft.pag > 0,
    draft.cfg_rescale > 0,
    draft.freeu.on,
    draft.thresholding.on,
    draft.format !== "png",
  ].filter(Boolean).length;

/** Ways to guide that few pictures need. */
export function MoreSection({ of }: { of: CheckpointOptions | undefined }) {
  const t = useT();
  const draft = useDraft();
  const errors = useErrors();
  const used = inUse(draft);
  const plain = !hasMore(draft);
  return (
    <Section
      title={t("action.more")}
      folds
      inUse={used ? t("advanced.inUse", { count: used }) : undefined}
      wrong={Object.keys(errors).some((path) => NAMES.some((name) => path.startsWith(name)))}
    >
      {(of?.text_layers ?? 12) > 1 && (
        <SliderField
          label={t("advanced.more.clipSkip")}
          explain={t("advanced.more.clipSkipExplain")}
          error={errors.clip_skip}
          min={1}
          max={Math.min(MOST.clip_skip, of?.text_layers ?? MOST.clip_skip)}
          value={draft.clip_skip}
          onChange={(clip_skip) => change({ clip_skip })}
        />
      )}
      <Field
        label={t("advanced.more.tiling")}
        explain={t("advanced.more.tilingExplain")}
        error={errors.tiling}
      >
        {() => (
          <Choice
            label={t("advanced.more.tiling")}
            value={draft.tiling}
            onChange={(tiling) => change({ tiling })}
            options={TILINGS.map((value) => ({ value, label: t(`advanced.more.tilings.${value}`) }))}
          />
        )}
      </Field>
      <SliderField
        label={t("advanced.more.variation")}
        explain={t("advanced.more.variationExplain")}
        error={errors.variation_strength}
        min={0}
        max={1}
        step={0.01}
        value={draft.variation_strength}
        onChange={(variation_strength) => change({ variation_strength })}
      />
      {draft.variation_strength > 0 && (
        <Field
          label={t("advanced.more.variationSeed")}
          explain={t("advanced.more.variationSeedExplain")}
          error={errors.variation_seed}
        >
          {(ids) => (
            <SeedInput
              ids={ids}
              value={draft.variation_seed}
              placeholder={t("advanced.seed.random")}
              onChange={(variation_seed) => change({ variation_seed })}
            />
          )}
        </Field>
      )}
      <SliderField
        label={t("advanced.more.pag")}
        explain={t("advanced.more.pagExplain")}
        error={errors.pag}
        min={0}
        max={Math.max(10, draft.pag)}
        step={0.1}
        value={draft.pag}
        onChange={(pag) => change({ pag })}
      />
      <SliderField
        label={t("advanced.more.rescale")}
        explain={t("advanced.more.rescaleExplain")}
        error={errors.cfg_rescale}
        min={0}
        max={1}
        step={0.01}
        value={draft.cfg_rescale}
        onChange={(cfg_rescale) => change({ cfg_rescale })}
      />
      <FreeU draft={draft} />
      <Thresholding draft={draft} />
      {plain && (
        <Field
          label={t("advanced.more.format")}
          explain={t("advanced.more.formatExplain")}
          error={errors.format}
        >
          {() => (
            <Choice
              label={t("advanced.more.format")}
              value={draft.format}
              onChange={(format) => change({ format })}
              options={[
                { value: "png", label: t("advanced.more.png") },
                { value: "webp", label: t("advanced.more.webp") },
              ]}
            />
          )}
        </Field>
      )}
    </Section>
  );
}

function FreeU({ draft: { freeu } }: { draft: Draft }) {
  const t = useT();
  const set = (fields: Partial<typeof freeu>) => change({ freeu: { ...freeu, ...fields } });
  return (
    <>
      <Switch
        label={t("advanced.more.freeu")}
        explain={t("advanced.more.freeuExplain")}
        checked={freeu.on}
        onChange={(on) => set({ on })}
      />
      {freeu.on && (
        <div className="grid gap-3 sm:grid-cols-2">
          {(["b1", "b2", "s1", "s2"] as const).map((name) => (
            <SliderField
              key={name}
              label={t(`advanced.more.${name}`)}
              explain={t(name.startsWith("b") ? "advanced.more.bExplain" : "advanced.more.sExplain")}
              min={0}
              max={Math.max(2, freeu[name])}
              step={0.05}
              value={freeu[name]}
              onChange={(value) => set({ [name]: value })}
            />
          ))}
          <Field label={t("advanced.more.version")} explain={t("advanced.more.versionExplain")}>
            {() => (
              <Choice
                label={t("advanced.more.version")}
                value={freeu.version === 1 ? "1" : "2"}
                onChange={(version) => set({ version: version === "1" ? 1 : 2 })}
                options={[
                  { value: "1", label: "1" },
                  { value: "2", label: "2" },
                ]}
              />
            )}
          </Field>
        </div>
      )}
    </>
  );
}

function Thresholding({ draft: { thresholding } }: { draft: Draft }) {
  const t = useT();
  const set = (fields: Partial<typeof thresholding>) =>
    change({ thresholding: { ...thresholding, ...fields } });
  return (
    <>
      <Switch
        label={t("advanced.more.thresholding")}
        explain={t("advanced.more.thresholdingExplain")}
        checked={thresholding.on}
        onChange={(on) => set({ on })}
      />
      {thresholding.on && (
        <div className="grid gap-3 sm:grid-cols-2">
          <SliderField
            label={t("advanced.more.mimic")}
            explain={t("advanced.more.mimicExplain")}
            min={0}
            max={Math.max(30, thresholding.mimic)}
            step={0.1}
            value={thresholding.mimic}
            onChange={(mimic) => set({ mimic })}
          />
          <SliderField
            label={t("advanced.more.percentile")}
            explain={t("advanced.more.percentileExplain")}
            min={0}
            max={1}
            step={0.005}
            value={thresholding.percentile}
            onChange={(percentile) => set({ percentile })}
          />
        </div>
      )}
    </>
  );
}
