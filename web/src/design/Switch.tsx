import { Switch as Radix } from "radix-ui";
import { useId } from "react";
import { Explain } from "@/design/Hint";
import { t } from "@/i18n";

/** On or off, at once. */
export function Switch({
  label,
  explain,
  checked,
  onChange,
  disabled = false,
}: {
  label: string;
  explain?: string;
  checked: boolean;
  onChange: (checked: boolean) => void;
  disabled?: boolean;
}) {
  const id = useId();
  return (
    <div className="flex min-h-8 items-center gap-2">
      <Radix.Root
        id={id}
        checked={checked}
        onCheckedChange={onChange}
        disabled={disabled}
        className="relative h-6 w-10 shrink-0 rounded-full border border-edge bg-hover transition-colors data-[state=checked]:border-accent data-[state=checked]:bg-accent"
      >
        <Radix.Thumb className="block size-4 translate-x-0.5 rounded-full bg-quiet transition-transform data-[state=checked]:translate-x-[19px] data-[state=checked]:bg-on-accent" />
      </Radix.Root>
      <label htmlFor={id} className="text-sm">
        {label}
      </label>
      {explain && <Explain label={t("field.explain", { name: label })}>{explain}</Explain>}
    </div>
  );
}
