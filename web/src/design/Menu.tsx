import { DropdownMenu } from "radix-ui";
import type { ReactNode } from "react";
import { cx } from "@/design/cx";

export type MenuEntry =
  | "line"
  | {
      label: string;
      icon?: ReactNode;
      onSelect: () => void;
      danger?: boolean;
      disabled?: boolean;
      note?: string;
    };

/** What can be done with something, behind a button. */
export function Menu({
  trigger,
  entries,
  align = "end",
}: {
  trigger: ReactNode;
  entries: MenuEntry[];
  align?: "start" | "end";
}) {
  return (
    <DropdownMenu.Root>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          align={align}
          sideOffset={4}
          collisionPadding={8}
          className="z-50 min-w-48 max-w-[92vw] rounded-control border border-line bg-raised p-1 shadow-xl"
        >
          {entries.map((entry, place) =>
            entry === "line" ? (
              // biome-ignore lint/suspicious/noArrayIndexKey: lines have nothing else
              <DropdownMenu.Separator key={place} className="my-1 h-px bg-line" />
            ) : (
              <DropdownMenu.Item
                key={entry.label}
                disabled={entry.disabled ?? false}
                onSelect={entry.onSelect}
                className={cx(
                  "flex min-h-9 cursor-pointer items-center gap-2.5 rounded-md px-2.5 py-1.5 outline-none data-[disabled]:text-quiet data-[highlighted]:bg-hover",
                  entry.danger && "text-bad",
                )}
              >
                {entry.icon}
                <span>
                  {entry.label}
                  {entry.note && <span className="block text-xs text-quiet">{entry.note}</span>}
                </span>
              </DropdownMenu.Item>
            ),
          )}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
