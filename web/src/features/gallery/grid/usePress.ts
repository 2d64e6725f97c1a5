import { type MouseEvent, type PointerEvent, useRef } from "react";

const LONG_MS = 450;
const SLIP = 10;

/** A long press with a finger, told apart from a tap and from scrolling. */
export function usePress(onLong: () => void) {
  const press = useRef<{ timer: ReturnType<typeof setTimeout>; x: number; y: number } | null>(null);
  const wasLong = useRef(false);
  const finger = useRef(false);
  const end = () => {
    if (press.current) clearTimeout(press.current.timer);
    press.current = null;
  };
  return {
    /** Was the click that comes now the end of a long press, which has had its effect? */
    swallowed: () => {
      const long = wasLong.current;
      wasLong.current = false;
      return long;
    },
    handlers: {
      onPointerDown: (event: PointerEvent) => {
        wasLong.current = false;
        finger.current = event.pointerType === "touch";
        if (!finger.current) return;
        const timer = setTimeout(() => {
          wasLong.current = true;
          navigator.vibrate?.(10);
          onLong();
        }, LONG_MS);
        press.current = { timer, x: event.clientX, y: event.clientY };
      },
      onPointerMove: (event: PointerEvent) => {
        const began = press.current;
        if (began && Math.hypot(event.clientX - began.x, event.clientY - began.y) > SLIP) end();
      },
      onPointerUp: end,
      onPointerCancel: end,
      // The browser's own long press would open a menu over it.
      onContextMenu: (event: MouseEvent) => finger.current && event.preventDefault(),
    },
  };
}
