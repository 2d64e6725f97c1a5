import { useEffect, useState } from "react";
import { fileOf } from "@/features/workflows/import/check";
import { useT } from "@/i18n";

const TYPING = "input, textarea, select, [contenteditable=true], [role=dialog] *";

/** Files that are dropped anywhere on the page, or pasted where nobody types, are taken. */
export function DropAnywhere({ onFile }: { onFile: (file: File) => void }) {
  const t = useT();
  const [over, setOver] = useState(false);
  useEffect(() => {
    const holds = (event: DragEvent) => event.dataTransfer?.types.includes("Files") ?? false;
    const dragged = (event: DragEvent) => {
      if (!holds(event) || event.defaultPrevented) return;
      event.preventDefault();
      setOver(true);
    };
    const left = (event: DragEvent) => event.relatedTarget === null && setOver(false);
    const dropped = (event: DragEvent) => {
      setOver(false);
      if (!holds(event) || event.defaultPrevented) return;
      event.preventDefault();
      const found = fileOf(event.dataTransfer);
      if (found) onFile(found.file);
    };
    const pasted = (event: ClipboardEvent) => {
      if (event.defaultPrevented || (event.target instanceof Element && event.target.matches(TYPING))) return;
      const found = fileOf(event.clipboardData);
      if (found) onFile(found.file);
    };
    addEventListener("dragover", dragged);
    addEventListener("dragleave", left);
    addEventListener("drop", dropped);
    addEventListener("paste", pasted);
    return () => {
      removeEventListener("dragover", dragged);
      removeEventListener("dragleave", left);
      removeEventListener("drop", dropped);
      removeEventListener("paste", pasted);
    };
  }, [onFile]);
  if (!over) return null;
  return (
    <div className="pointer-events-none fixed inset-3 z-50 grid place-items-center rounded-card border-2 border-dashed border-accent bg-ground/80 text-lg font-semibold">
      {t("workflows.import.dropAnywhere")}
    </div>
  );
}
