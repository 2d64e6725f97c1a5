import { Check, ChevronDown } from "lucide-react";
import { Select as Radix } from "radix-ui";
import { NONCE } from "@/app/nonce";
import { cx } from "@/design/cx";
import { type Ids, INPUT } from "@/design/Field";

export type Option = { value: string; label: string; note?: string | undefined; disabled?: boolean };

/** One of several. Values are not empty. */
export function Select({
  ids,
  label,
  value,
  onChange,
  options,
  placeholder,
  className,
  disabled = false,
}: {
  /** Of the `Field` around it; without one, `label` is said aloud. */
  ids?: Ids;
  label?: string;
  value: string | undefined;
  onChange: (value: string) => void;
  options: Option[];
  placeholder?: string;
  className?: string;
  disabled?: boolean;
}) {
  return (
    <Radix.Root value={value ?? ""} onValueChange={onChange} disabled={disabled}>
      <Radix.Trigger
        {...ids}
        aria-label={label}
        className={cx(
          INPUT,
          "flex h-10 items-center justify-between gap-2 text-left data-[placeholder]:text-quiet",
          className,
        )}
      >
        <span className="truncate">
          <Radix.Value placeholder={placeholder} />
        </span>
        <ChevronDown size={16} className="shrink-0 text-quiet" aria-hidden="true" />
      </Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          position="popper"
          sideOffset={4}
          collisionPadding={8}
          className="z-50 max-h-[min(22rem,var(--radix-select-content-available-height))] min-w-(--radix-select-trigger-width) max-w-[94vw] overflow-hidden rounded-control border border-line bg-raised shadow-xl"
        >
          <Radix.Viewport nonce={NONCE} className="p-1">
            {options.map((option) => (
              <Radix.Item
                key={option.value}
                value={option.value}
                disabled={option.disabled ?? false}
                className="flex cursor-pointer items-center gap-2 rounded-md px-2 py-2 outline-none data-[disabled]:text-quiet data-[highlighted]:bg-hover"
              >
                <span className="w-4">
                  <Radix.ItemIndicator>
                    <Check size={15} aria-hidden="true" />
                  </Radix.ItemIndicator>
                </span>
                <span className="min-w-0">
                  <Radix.ItemText>{option.label}</Radix.ItemText>
                  {option.note && <span className="block text-xs text-quiet">{option.note}</span>}
                </span>
              </Radix.Item>
            ))}
          </Radix.Viewport>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
