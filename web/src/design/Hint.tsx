import { CircleHelp } from "lucide-react";
import { Popover, Tooltip } from "radix-ui";
import type { ReactNode } from "react";

const LOOK =
  "z-50 max-w-72 rounded-control border border-line bg-raised px-3 py-2 text-sm leading-snug text-ink shadow-lg shadow-black/30";

/** A few words about its child, on hover and focus. */
export function Hint({ text, children }: { text: string; children: ReactNode }) {
  return (
    <Tooltip.Root>
      <Tooltip.Trigger asChild>{children}</Tooltip.Trigger>
      <Tooltip.Portal>
        <Tooltip.Content sideOffset={6} collisionPadding={8} className={LOOK}>
          {text}
        </Tooltip.Content>
      </Tooltip.Portal>
    </Tooltip.Root>
  );
}

/** A question mark that explains a control; opens by press, so that fingers reach it too. */
export function Explain({ label, children }: { label: string; children: ReactNode }) {
  return (
    <Popover.Root>
      <Popover.Trigger
        aria-label={label}
        className="grid size-[24px] shrink-0 place-items-center rounded-full text-quiet hover:bg-hover hover:text-ink"
      >
        <CircleHelp size={15} aria-hidden="true" />
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content sideOffset={6} collisionPadding={8} className={LOOK}>
          {children}
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
