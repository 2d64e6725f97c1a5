import { X } from "lucide-react";
import { Dialog as Radix } from "radix-ui";
import { type ComponentProps, type ReactNode, useState } from "react";
import { Button } from "@/design/Button";
import { cx } from "@/design/cx";
import { t } from "@/i18n";

/** A dialog; a sheet from below on phones. Escape and a press outside close it. */
export function Dialog({
  open,
  onOpenChange,
  title,
  description,
  wide = false,
  children,
  footer,
}: {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  description?: string;
  wide?: boolean;
  children?: ReactNode;
  footer?: ReactNode;
}) {
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 bg-black/60" />
        <Content
          {...(description ? {} : { "aria-describedby": undefined })}
          className={cx(
            "fixed z-40 flex max-h-[90dvh] flex-col border border-line bg-surface shadow-2xl",
            "inset-x-0 bottom-0 rounded-t-card sm:inset-auto sm:left-1/2 sm:top-1/2 sm:-translate-x-1/2 sm:-translate-y-1/2 sm:rounded-card",
            wide ? "sm:w-[min(56rem,94vw)]" : "sm:w-[min(30rem,94vw)]",
          )}
        >
          <div className="flex items-start gap-3 p-5 pb-3">
            <div className="min-w-0 flex-1">
              <Radix.Title className="text-lg font-semibold">{title}</Radix.Title>
              {description && (
                <Radix.Description className="mt-1 text-sm text-quiet">{description}</Radix.Description>
              )}
            </div>
            {/* Without a hint: it would open with the focus, and take the first press of Escape. */}
            <Radix.Close
              aria-label={t("action.close")}
              className="grid size-9 shrink-0 place-items-center rounded-control hover:bg-hover"
            >
              <X size={18} aria-hidden="true" />
            </Radix.Close>
          </div>
          {children && <div className="min-h-0 flex-1 overflow-y-auto px-5 pb-5">{children}</div>}
          {footer && (
            <div className="flex flex-wrap justify-end gap-2 border-t border-line p-4">{footer}</div>
          )}
        </Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

/** Gives the focus back to where it was: a dialog of ours is opened by state, and Radix knows no button of its own. */
function Content(props: ComponentProps<typeof Radix.Content>) {
  const [before] = useState(focused);
  return (
    <Radix.Content
      {...props}
      onCloseAutoFocus={(event) => {
        event.preventDefault();
        before?.focus();
      }}
    />
  );
}

/** What has the focus; of an entry of a menu, which closes, the menu's button. */
function focused(): HTMLElement | null {
  const element = document.activeElement;
  const menu = element?.closest("[role=menu]")?.getAttribute("aria-labelledby");
  const kept = menu ? document.getElementById(menu) : element;
  return kept instanceof HTMLElement ? kept : null;
}

/** Asks before something that cannot be undone. What can be undone is done, with an undo. */
export function Confirm({
  open,
  onOpenChange,
  title,
  description,
  action,
  onConfirm,
  busy = false,
}: {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  description: string;
  action: string;
  onConfirm: () => void;
  busy?: boolean;
}) {
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title={title}
      description={description}
      footer={
        <>
          <Button onClick={() => onOpenChange(false)}>{t("action.cancel")}</Button>
          <Button kind="danger" busy={busy} onClick={onConfirm}>
            {action}
          </Button>
        </>
      }
    />
  );
}
