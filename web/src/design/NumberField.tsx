import { Slider } from "radix-ui";
import { type ReactNode, useEffect, useState } from "react";
import { cx } from "@/design/cx";
import { Field, type Ids, INPUT } from "@/design/Field";

type Range = { value: number; onChange: (value: number) => void; min: number; max: number; step?: number };

/** A number in a range. What is typed is kept in the range when the field is left, never while typing. */
export function NumberInput({
  ids,
  label,
  value,
  onChange,
  min,
  max,
  step = 1,
  className,
}: Range & { ids?: Ids; label?: string; className?: string }) {
  const [text, setText] = useState(String(value));
  useEffect(() => setText(String(value)), [value]);
  const settle = () => {
    // What was not typed here may stand between two steps.
    if (text === String(value)) return;
    const number = Number(text);
    if (text.trim() === "" || !Number.isFinite(number)) return setText(String(value));
    const kept = Math.min(max, Math.max(min, Math.round(number / step) * step));
    const exact = Number(kept.toFixed(6));
    setText(String(exact));
    if (exact !== value) onChange(exact);
  };
  return (
    <input
      {...ids}
      aria-label={label}
      type="number"
      inputMode={step < 1 ? "decimal" : "numeric"}
      className={cx(INPUT, "tabular-nums", className)}
      min={min}
      max={max}
      step={step}
      value={text}
      onChange={(event) => {
        setText(event.target.value);
        const number = event.target.valueAsNumber;
        if (Number.isFinite(number) && number >= min && number <= max && event.target.validity.valid)
          onChange(number);
      }}
      onBlur={settle}
      onKeyDown={(event) => event.key === "Enter" && settle()}
    />
  );
}

/** A slider and its number, under their name. */
export function SliderField({
  label,
  explain,
  note,
  error,
  ...range
}: Range & { label: string; explain?: string | undefined; note?: ReactNode; error?: string | undefined }) {
  const { value, onChange, min, max, step = 1 } = range;
  return (
    <Field label={label} explain={explain} note={note} error={error}>
      {(ids) => (
        <div className="flex items-center gap-3">
          <Slider.Root
            className="relative flex h-6 min-w-0 flex-1 touch-none items-center"
            value={[value]}
            min={min}
            max={max}
            step={step}
            onValueChange={([next]) => next !== undefined && onChange(Number(next.toFixed(6)))}
          >
            <Slider.Track className="relative h-1.5 flex-1 rounded-full bg-hover">
              <Slider.Range className="absolute h-full rounded-full bg-accent" />
            </Slider.Track>
            <Slider.Thumb
              aria-label={label}
              className="block size-5 rounded-full border-2 border-accent bg-surface shadow hover:bg-hover"
            />
          </Slider.Root>
          <NumberInput ids={ids} className="w-20! px-2 text-right" {...range} />
        </div>
      )}
    </Field>
  );
}
