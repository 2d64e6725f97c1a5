import { ArrowLeftRight } from "lucide-react";
import type { Bounds, CheckpointOptions, Options } from "@/api/schema.gen";
import { IconButton } from "@/design/Button";
import { Choice } from "@/design/Choice";
import { Field } from "@/design/Field";
import { NumberInput } from "@/design/NumberField";
import { useT } from "@/i18n";
import { sizeOf } from "../draft/checkpoint";
import type { Size } from "../draft/draft";
import { change, useDraft } from "../draft/store";
import { useErrors } from "../errors";
import { Section } from "./Section";

const OWN = "own";

/** How large: what suits the checkpoint, or any multiples of 8. */
export function SizeSection({ options, of }: { options: Options; of: CheckpointOptions | undefined }) {
  const t = useT();
  const draft = useDraft();
  const errors = useErrors();
  const { side_step, max_pixels } = options.bounds;
  if (draft.kind === "outpaint") return null;
  const size = sizeOf(draft, of);
  const same = (one: Size) => one.width === size?.width && one.height === size.height;
  const chosen = draft.size === null && draft.kind !== "txt2img" ? OWN : of?.sizes.find(same)?.ratio;
  const set = (next: Partial<Size>) => {
    if (size) change({ size: { ...size, ...next } });
  };
  const large = size && size.width * size.height > max_pixels;
  return (
    <Section title={t("advanced.size.title")}>
      <Field label={t("advanced.size.title")} explain={t("advanced.size.explain", { step: side_step })}>
        {() => (
          <Choice
            label={t("advanced.size.presets")}
            className="grid! grid-cols-4"
            value={chosen ?? ""}
            onChange={(value) => {
              const one = of?.sizes.find((preset) => preset.ratio === value);
              change({ size: value === OWN || !one ? null : { width: one.width, height: one.height } });
            }}
            options={[
              ...(draft.kind === "txt2img"
                ? []
                : [
                    {
                      value: OWN,
                      label: t(
                        draft.only_masked && draft.kind === "inpaint"
                          ? "advanced.size.checkpoint"
                          : "advanced.size.picture",
                      ),
                    },
                  ]),
              ...(of?.sizes ?? []).map((one) => ({
                value: one.ratio,
                label: one.ratio,
                icon: <Shape of={one} />,
              })),
            ]}
          />
        )}
      </Field>
      {size && (
        <div className="flex items-end gap-2">
          <Side
            label={t("advanced.size.width")}
            bounds={options.bounds}
            error={errors.width}
            value={size.width}
            onChange={(width) => set({ width })}
          />
          <IconButton
            label={t("advanced.size.swap")}
            className="mb-0.5"
            onClick={() => change({ size: { width: size.height, height: size.width } })}
          >
            <ArrowLeftRight size={16} aria-hidden="true" />
          </IconButton>
          <Side
            label={t("advanced.size.height")}
            bounds={options.bounds}
            error={errors.height}
            value={size.height}
            onChange={(height) => set({ height })}
          />
        </div>
      )}
      {large && (
        <p className="text-sm text-warn">
          {t("advanced.size.large", { pixels: (max_pixels / 1e6).toFixed(1) })}
        </p>
      )}
    </Section>
  );
}

/** Width or height. */
function Side({
  label,
  error,
  bounds,
  value,
  onChange,
}: {
  label: string;
  error: string | undefined;
  bounds: Bounds;
  value: number;
  onChange: (value: number) => void;
}) {
  const t = useT();
  return (
    <Field label={label} explain={t("advanced.size.sideExplain")} error={error} className="flex-1">
      {(ids) => (
        <NumberInput
          ids={ids}
          min={bounds.min_side}
          max={bounds.max_side}
          step={bounds.side_step}
          value={value}
          onChange={onChange}
        />
      )}
    </Field>
  );
}

/** A small box of a size's proportions. */
function Shape({ of }: { of: Size }) {
  const scale = 14 / Math.max(of.width, of.height);
  return (
    <span
      aria-hidden="true"
      className="inline-block rounded-[2px] border-[1.5px] border-current"
      style={{ width: of.width * scale, height: of.height * scale }}
    />
  );
}
