import { type ReactNode, useId } from "react";

/** Chosen or not. The name beside it is pressed as well. */
export function Checkbox({
  label,
  note,
  checked,
  onChange,
  disabled = false,
}: {
  label: ReactNode;
  note?: ReactNode;
  checked: boolean;
  onChange: (checked: boolean) => void;
  disabled?: boolean;
}) {
  const id = useId();
  return (
    <div className="flex items-start gap-2.5 py-1">
      <input
        id={id}
        type="checkbox"
        className="mt-0.5 size-5 shrink-0 accent-(--accent) disabled:opacity-50"
        checked={checked}
        disabled={disabled}
        aria-describedby={note ? `${id}-note` : undefined}
        onChange={(event) => onChange(event.target.checked)}
      />
      <label htmlFor={id} className={disabled ? "text-sm text-quiet" : "text-sm"}>
        {label}
        {note && (
          <span id={`${id}-note`} className="block text-xs text-quiet">
            {note}
          </span>
        )}
      </label>
    </div>
  );
}
