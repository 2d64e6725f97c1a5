import { X } from "lucide-react";
import { Toast } from "radix-ui";
import type { ReactNode } from "react";
import { create } from "zustand";
import { IconButton } from "@/design/Button";
import { cx } from "@/design/cx";
import { t } from "@/i18n";
import { uuid } from "@/lib/uuid";

type Options = {
  /** A message with the id of another takes its place. */
  id?: string;
  description?: string;
  /** A picture or icon before the words. */
  icon?: ReactNode;
  /** What can be done about it: undo, open. */
  action?: { label: string; onClick: () => void };
  /** Milliseconds until it goes; errors and what can be undone stay longer. */
  duration?: number;
};
type Message = Options & { id: string; text: string; kind: "plain" | "good" | "error" };

const useMessages = create<{ messages: Message[] }>(() => ({ messages: [] }));
const MOST = 3;

function show(kind: Message["kind"], text: string, options: Options = {}): string {
  const message = { ...options, id: options.id ?? uuid(), text, kind };
  useMessages.setState(({ messages }) => ({
    messages: [...messages.filter((other) => other.id !== message.id), message].slice(-MOST),
  }));
  return message.id;
}
const dismiss = (id: string) =>
  useMessages.setState(({ messages }) => ({ messages: messages.filter((message) => message.id !== id) }));

/** Short messages that come and go: `toast("Removed", { action: { label: "Undo", onClick } })`; returns their id. */
export const toast = Object.assign((text: string, options?: Options) => show("plain", text, options), {
  success: (text: string, options?: Options) => show("good", text, options),
  error: (text: string, options?: Options) => show("error", text, options),
  dismiss,
});

/** Where they come up: below, over the bar of phones. Read out; F8 leads the keyboard there. */
export function Toaster() {
  const messages = useMessages((state) => state.messages);
  return (
    <Toast.Provider swipeDirection="down" label={t("toast.label")}>
      {messages.map((message) => (
        <Toast.Root
          key={message.id}
          type={message.kind === "error" ? "foreground" : "background"}
          duration={message.duration ?? (message.kind === "error" || message.action ? 9000 : 4500)}
          onOpenChange={(open) => !open && dismiss(message.id)}
          className={cx(
            "flex w-full items-center gap-3 rounded-control border bg-raised py-2.5 pl-4 pr-1.5 text-sm text-ink shadow-xl",
            message.kind === "error" ? "border-bad/60" : "border-line",
          )}
        >
          {message.icon}
          <div className="min-w-0 flex-1">
            <Toast.Title className={cx("font-medium", message.kind === "error" && "text-bad")}>
              {message.text}
            </Toast.Title>
            {message.description && (
              <Toast.Description className="mt-0.5 text-quiet">{message.description}</Toast.Description>
            )}
          </div>
          {message.action && (
            <Toast.Action
              altText={message.action.label}
              onClick={message.action.onClick}
              className="h-8 shrink-0 rounded-md bg-accent-soft px-3 font-medium text-accent-ink hover:brightness-110"
            >
              {message.action.label}
            </Toast.Action>
          )}
          <Toast.Close asChild>
            <IconButton label={t("action.close")}>
              <X size={16} aria-hidden="true" />
            </IconButton>
          </Toast.Close>
        </Toast.Root>
      ))}
      <Toast.Viewport className="fixed bottom-20 left-1/2 z-[60] flex w-[min(26rem,94vw)] -translate-x-1/2 flex-col gap-2 outline-none sm:bottom-6" />
    </Toast.Provider>
  );
}
