import { Check, Copy } from "lucide-react";
import { useState } from "react";
import { Button } from "@/design/Button";
import { Dialog } from "@/design/Dialog";
import { INPUT } from "@/design/Field";
import { toast } from "@/design/Toaster";
import { useT } from "@/i18n";
import { copy } from "@/lib/clipboard";

/** A new key, this once. */
export function NewKeyShown({ secret, onDone }: { secret: string; onDone: () => void }) {
  const t = useT();
  const [copied, setCopied] = useState(false);
  return (
    <Dialog
      open
      onOpenChange={onDone}
      title={t("account.keys.made")}
      description={t("account.keys.madeHelp")}
      footer={
        <Button kind={copied ? "primary" : "normal"} onClick={onDone}>
          {t("account.keys.stored")}
        </Button>
      }
    >
      <div className="grid gap-3">
        <textarea
          readOnly
          rows={2}
          aria-label={t("account.keys.key")}
          className={`${INPUT} resize-none break-all font-mono text-sm`}
          value={secret}
          onFocus={(event) => event.target.select()}
        />
        <Button
          kind={copied ? "normal" : "primary"}
          onClick={async () => {
            const done = await copy(secret);
            setCopied(done);
            if (!done) toast.error(t("account.keys.copyFailed"));
          }}
        >
          {copied ? <Check size={16} aria-hidden="true" /> : <Copy size={16} aria-hidden="true" />}
          <span aria-live="polite">{copied ? t("action.copied") : t("action.copy")}</span>
        </Button>
      </div>
    </Dialog>
  );
}
