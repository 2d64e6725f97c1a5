import { useEffect, useState } from "react";

const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes("Files") ?? false;

/** Files that are dropped anywhere on the page, or pasted. Returns whether some hang over it. */
export function useIncoming(take: ((files: File[]) => void) | undefined): boolean {
  const [over, setOver] = useState(false);
  useEffect(() => {
    if (!take) return;
    // Entering a child leaves its parent: what is over counts both.
    let depth = 0;
    const enter = (event: DragEvent) => {
      if (!hasFiles(event)) return;
      depth += 1;
      setOver(true);
    };
    const leave = (event: DragEvent) => {
      if (!hasFiles(event)) return;
      depth -= 1;
      if (depth <= 0) setOver(false);
    };
    const move = (event: DragEvent) => hasFiles(event) && event.preventDefault();
    const drop = (event: DragEvent) => {
      depth = 0;
      setOver(false);
      if (!hasFiles(event)) return;
      event.preventDefault();
      take([...(event.dataTransfer?.files ?? [])]);
    };
    const paste = (event: ClipboardEvent) => {
      const files = [...(event.clipboardData?.files ?? [])];
      if (files.length === 0) return;
      event.preventDefault();
      take(files);
    };
    const on: [string, EventListener][] = [
      ["dragenter", enter as EventListener],
      ["dragleave", leave as EventListener],
      ["dragover", move as EventListener],
      ["drop", drop as EventListener],
      ["paste", paste as EventListener],
    ];
    for (const [name, handler] of on) document.addEventListener(name, handler);
    return () => {
      for (const [name, handler] of on) document.removeEventListener(name, handler);
    };
  }, [take]);
  return over;
}
