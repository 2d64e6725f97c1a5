import { INPUT, Field as Labelled } from "@/design/Field";
import { NumberInput, SliderField } from "@/design/NumberField";
import { Select } from "@/design/Select";
import { Switch } from "@/design/Switch";
import type { Field, Value } from "@/features/workflows/form/field";
import { PictureField } from "@/features/workflows/form/PictureField";
import { SeedField } from "@/features/workflows/form/SeedField";
import { labelOf } from "@/features/workflows/form/words";
import { useT } from "@/i18n";

export type ControlProps = {
  field: Field;
  value: Value | undefined;
  onChange: (value: Value) => void;
  error?: string | undefined;
};

/** Few enough values for a slider to hit each. */
const SLIDES = 400;

/** One field of a workflow's form, as its type asks for it. */
export function FieldControl(props: ControlProps) {
  const { field, value, onChange, error } = props;
  const label = labelOf(field);
  const about = { label, explain: field.explain || undefined, error };
  switch (field.widget) {
    case "picture":
      return <PictureField {...props} />;
    case "seed":
      return <SeedField {...props} />;
    case "switch":
      return (
        <Switch
          label={label}
          {...(field.explain ? { explain: field.explain } : {})}
          checked={value === true}
          onChange={onChange}
        />
      );
    case "choice":
      return <ChoiceField {...props} />;
    case "number": {
      const number = {
        value: Number(value ?? field.min),
        onChange,
        min: field.min,
        max: field.max,
        step: field.step,
      };
      if ((field.max - field.min) / field.step <= SLIDES) return <SliderField {...about} {...number} />;
      return <Labelled {...about}>{(ids) => <NumberInput ids={ids} {...number} />}</Labelled>;
    }
    default:
      return (
        <Labelled {...about}>
          {(ids) =>
            field.multiline || field.widget === "prompt" ? (
              <textarea
                {...ids}
                rows={field.role === "prompt" ? 4 : 2}
                className={`${INPUT} field-sizing-content max-h-80 min-h-16`}
                value={String(value ?? "")}
                onChange={(event) => onChange(event.target.value)}
              />
            ) : (
              <input
                {...ids}
                className={INPUT}
                value={String(value ?? "")}
                onChange={(event) => onChange(event.target.value)}
              />
            )
          }
        </Labelled>
      );
  }
}

function ChoiceField({ field, value, onChange, error }: ControlProps) {
  const t = useT();
  const given = value === undefined ? undefined : String(value);
  const lost = given !== undefined && given !== "" && !field.options.includes(given);
  const options = field.options.filter((one) => one !== "").map((one) => ({ value: one, label: one }));
  return (
    <Labelled label={labelOf(field)} explain={field.explain || undefined} error={error}>
      {(ids) => (
        <Select
          ids={ids}
          value={given}
          onChange={onChange}
          placeholder={t("workflows.form.pick")}
          options={
            lost
              ? [
                  { value: given, label: t("workflows.form.notHere", { name: given }), disabled: true },
                  ...options,
                ]
              : options
          }
        />
      )}
    </Labelled>
  );
}
