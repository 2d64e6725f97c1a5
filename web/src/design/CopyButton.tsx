import { Check, Copy } from "lucide-react";
import { useState } from "react";
import { Button, type ButtonProps } from "@/design/Button";
import { useT } from "@/i18n";
import { copy } from "@/lib/clipboard";

/** Puts a text into the clipboard and says so on itself: a message elsewhere would lie over a dialog. */
export function CopyButton({
  text,
  label,
  onCopied,
  ...rest
}: Omit<ButtonProps, "onClick" | "children"> & {
  text: () => string;
  label?: string;
  onCopied?: () => void;
}) {
  const t = useT();
  const [state, setState] = useState<"fresh" | "copied" | "refused">("fresh");
  return (
    <>
      <Button
        {...rest}
        onClick={async () => {
          const done = await copy(text());
          setState(done ? "copied" : "refused");
          if (done) onCopied?.();
        }}
      >
        {state === "copied" ? <Check size={16} aria-hidden="true" /> : <Copy size={16} aria-hidden="true" />}
        {state === "copied" ? t("action.copied") : (label ?? t("action.copy"))}
      </Button>
      <span role="status" className={state === "refused" ? "block text-sm text-bad" : "sr-only"}>
        {state === "copied" && t("action.copied")}
        {state === "refused" && t("clipboard.refused")}
      </span>
    </>
  );
}
