import { type KeyboardEvent, type PointerEvent, useCallback, useRef, useState } from "react";

type Held = { id: string; ids: readonly string[]; to: number };

/**
 * Reordering by a handle: dragged with mouse, pen or finger, or moved with the arrow keys. `rows` finds the element of
 * an id; what is shown while dragging is `ids` with the held one at `to`.
 */
export function useDrag(
  ids: readonly string[],
  row: (id: string) => HTMLElement | null,
  onMove: (id: string, to: number) => void,
) {
  const [held, setHeld] = useState<Held | null>(null);
  const now = useRef<Held | null>(null);
  const hold = useCallback((next: Held | null) => {
    now.current = next;
    setHeld(next);
  }, []);

  const handle = (id: string) => ({
    onPointerDown(event: PointerEvent<HTMLElement>) {
      if (event.button !== 0) return;
      event.currentTarget.setPointerCapture(event.pointerId);
      hold({ id, ids, to: ids.indexOf(id) });
    },
    onPointerMove(event: PointerEvent<HTMLElement>) {
      const held = now.current;
      if (held?.id !== id) return;
      const others = held.ids.filter((one) => one !== id);
      const to = others.filter((one) => {
        const box = row(one)?.getBoundingClientRect();
        return box !== undefined && box.top + box.height / 2 < event.clientY;
      }).length;
      if (to !== held.to) hold({ ...held, to });
    },
    onPointerUp() {
      const held = now.current;
      hold(null);
      if (held?.id === id && held.to !== held.ids.indexOf(id)) onMove(id, held.to);
    },
    onPointerCancel: () => hold(null),
    onKeyDown(event: KeyboardEvent<HTMLElement>) {
      if (event.key === "Escape" && now.current) {
        event.preventDefault();
        return hold(null);
      }
      const at = ids.indexOf(id);
      const to = { ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: ids.length - 1 }[event.key];
      if (to === undefined || at < 0) return;
      event.preventDefault();
      if (to >= 0 && to < ids.length) onMove(id, to);
    },
  });
  return { held, handle };
}
