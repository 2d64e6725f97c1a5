import { Label } from "radix-ui";
import { type ComponentProps, type ReactNode, useId } from "react";
import { cx } from "@/design/cx";
import { Explain } from "@/design/Hint";
import { t } from "@/i18n";

export const INPUT =
  "w-full rounded-control border border-edge/60 bg-raised px-3 py-2 text-ink placeholder:text-quiet " +
  "hover:border-edge aria-invalid:border-bad disabled:text-quiet";

export type Ids = { id: string; "aria-describedby"?: string | undefined; "aria-invalid"?: true | undefined };

/** A control under its name, with what explains it and what is wrong with it. */
export function Field({
  label,
  explain,
  note,
  error,
  aside,
  className,
  children,
}: {
  label: ReactNode;
  /** Longer: behind a question mark. */
  explain?: string | undefined;
  /** Short: always seen. */
  note?: ReactNode;
  error?: string | undefined;
  /** At the right of the name: a value, a button. */
  aside?: ReactNode;
  className?: string;
  children: (ids: Ids) => ReactNode;
}) {
  const id = useId();
  const described = [note && `${id}-note`, error && `${id}-error`].filter(Boolean).join(" ") || undefined;
  return (
    <div className={cx("flex min-w-0 flex-col gap-1.5", className)}>
      <div className="flex min-h-[24px] items-center gap-1">
        <Label.Root htmlFor={id} className="text-sm font-medium">
          {label}
        </Label.Root>
        {explain && (
          <Explain
            label={typeof label === "string" ? t("field.explain", { name: label }) : t("field.explainThis")}
          >
            {explain}
          </Explain>
        )}
        {aside && <div className="ml-auto flex items-center gap-1 text-sm text-quiet">{aside}</div>}
      </div>
      {children({ id, "aria-describedby": described, "aria-invalid": error ? true : undefined })}
      {note && (
        <p id={`${id}-note`} className="text-sm text-quiet">
          {note}
        </p>
      )}
      {error && (
        <p id={`${id}-error`} role="alert" className="text-sm text-bad">
          {error}
        </p>
      )}
    </div>
  );
}

type Of<T> = Omit<ComponentProps<"input">, "onChange" | "value"> & {
  label: ReactNode;
  explain?: string | undefined;
  note?: ReactNode;
  error?: string | undefined;
  aside?: ReactNode;
  value: T;
  onChange: (value: T) => void;
};

/** A line of text with its name. More than `maxLength` is not cut off: it is said to be too long. */
export function TextField({
  label,
  explain,
  note,
  error,
  aside,
  className,
  value,
  onChange,
  maxLength = Number.POSITIVE_INFINITY,
  ...rest
}: Of<string>) {
  const long = value.length > maxLength;
  return (
    <Field
      label={label}
      explain={explain}
      note={note}
      error={long ? t("field.long", { count: value.length, most: maxLength }) : error}
      aside={aside}
      {...(className ? { className } : {})}
    >
      {(ids) => (
        <input
          {...rest}
          {...ids}
          className={INPUT}
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}
