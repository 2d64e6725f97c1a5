import { useState } from "react";

/** What pictures are dragged as, within the studio. */
const TYPE = "application/x-studio-assets";

export function beginDrag(event: React.DragEvent, ids: string[], label: string): void {
  event.dataTransfer.setData(TYPE, JSON.stringify(ids));
  event.dataTransfer.effectAllowed = "copy";
  // How many they are, beside the pointer.
  const badge = document.createElement("div");
  badge.textContent = label;
  badge.className = "fixed -top-96 rounded-full bg-accent px-3 py-1 text-sm font-semibold text-on-accent";
  document.body.append(badge);
  event.dataTransfer.setDragImage(badge, -8, -8);
  setTimeout(() => badge.remove());
}

const carriesPictures = (event: React.DragEvent) => event.dataTransfer.types.includes(TYPE);

function carried(event: React.DragEvent): string[] {
  try {
    const ids: unknown = JSON.parse(event.dataTransfer.getData(TYPE));
    return Array.isArray(ids) ? ids.filter((id) => typeof id === "string") : [];
  } catch {
    return [];
  }
}

/** A place that pictures can be dropped on. */
export function useDrop(onDrop: ((ids: string[]) => void) | undefined) {
  const [over, setOver] = useState(false);
  if (!onDrop) return { over: false, handlers: {} };
  return {
    over,
    handlers: {
      onDragOver: (event: React.DragEvent) => {
        if (!carriesPictures(event)) return;
        event.preventDefault();
        event.dataTransfer.dropEffect = "copy";
        setOver(true);
      },
      onDragLeave: () => setOver(false),
      onDrop: (event: React.DragEvent) => {
        setOver(false);
        if (!carriesPictures(event)) return;
        event.preventDefault();
        const ids = carried(event);
        if (ids.length > 0) onDrop(ids);
      },
    },
  };
}
