import { useState } from "react";
import { Button } from "@/design/Button";
import { CopyButton } from "@/design/CopyButton";
import { Dialog } from "@/design/Dialog";
import { INPUT } from "@/design/Field";
import { useT } from "@/i18n";

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
        <CopyButton
          kind={copied ? "normal" : "primary"}
          text={() => secret}
          onCopied={() => setCopied(true)}
        />
      </div>
    </Dialog>
  );
}
