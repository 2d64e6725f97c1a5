import { FileUp } from "lucide-react";
import { useEffect, useRef } from "react";
import { Button } from "@/design/Button";
import { Dialog } from "@/design/Dialog";
import { Failure, Progress } from "@/design/States";
import { toast } from "@/design/Toaster";
import { fileOf } from "@/features/workflows/import/check";
import type { useImport } from "@/features/workflows/import/useImport";
import { useT } from "@/i18n";

const ACCEPT = ".json,.png,.webp,application/json,image/png,image/webp";

/** Asks for a file that holds a workflow: chosen, dropped or pasted. */
export function ImportDialog({
  open,
  onOpenChange,
  importing: { take, busy, problem, clear },
}: {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  importing: ReturnType<typeof useImport>;
}) {
  const t = useT();
  const input = useRef<HTMLInputElement>(null);
  // The dialog has the focus somewhere; what is pasted is meant for it.
  useEffect(() => {
    if (!open) return;
    const paste = (event: ClipboardEvent) => {
      const found = fileOf(event.clipboardData);
      if (!found) return;
      event.preventDefault();
      void take(found.file);
    };
    addEventListener("paste", paste);
    return () => removeEventListener("paste", paste);
  }, [open, take]);

  return (
    <Dialog
      open={open}
      onOpenChange={(next) => {
        if (!next) clear();
        onOpenChange(next);
      }}
      title={t("workflows.import.title")}
      description={t("workflows.import.help")}
    >
      {/* Dropping a file is another way to the button in it */}
      <div
        className="flex min-h-44 flex-col items-center justify-center gap-3 rounded-card border border-dashed border-edge p-6 text-center"
        onDragOver={(event) => event.preventDefault()}
        onDrop={(event) => {
          event.preventDefault();
          event.stopPropagation();
          const found = fileOf(event.dataTransfer);
          if (!found) return;
          if (found.many) toast(t("workflows.import.many"));
          void take(found.file);
        }}
      >
        <FileUp size={28} aria-hidden="true" className="text-quiet" />
        <Button kind="primary" busy={busy !== null} onClick={() => input.current?.click()}>
          {t("workflows.import.choose")}
        </Button>
        <p className="text-sm text-quiet">{t("workflows.import.drop")}</p>
        <input
          ref={input}
          type="file"
          accept={ACCEPT}
          aria-label={t("workflows.import.choose")}
          className="hidden"
          onChange={(event) => {
            const file = event.target.files?.[0];
            event.target.value = "";
            if (file) void take(file);
          }}
        />
      </div>
      <div className="mt-4 min-h-10" aria-live="polite">
        {busy !== null && (
          <>
            <p className="mb-2 truncate text-sm text-quiet">{t("workflows.import.busy", { name: busy })}</p>
            <Progress value={null} label={t("workflows.import.busy", { name: busy })} />
          </>
        )}
        {problem !== null && (
          <div className="flex flex-col gap-2">
            <p className="font-semibold">{t("workflows.import.refused")}</p>
            <Failure error={problem} />
            <p className="text-sm text-quiet">{t("workflows.import.again")}</p>
          </div>
        )}
      </div>
    </Dialog>
  );
}
