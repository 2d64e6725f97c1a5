import { type KeyboardEvent, type RefObject, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { FIT, fitted, kept, type Size, type View, zoomed } from "@/pictures/zoom";

export type Zoom = {
  ref: RefObject<HTMLDivElement | null>;
  view: View;
  /** The picture's size at scale 1, in pixels of the page. */
  base: Size;
  by: (factor: number) => void;
  fit: () => void;
  onKeyDown: (event: KeyboardEvent) => void;
};

/** A view that several windows have in common, as of `useState`. */
export type SharedView = [View, (next: View | ((view: View) => View)) => void];

const MOVE = 60;

/** Zooming and moving of a picture in a window, with wheel, fingers, mouse and keys. */
export function useZoom(picture: Size & { id: string }, shared?: SharedView): Zoom {
  const ref = useRef<HTMLDivElement>(null);
  const [room, setRoom] = useState<Size>({ width: 0, height: 0 });
  const own = useState(FIT);
  const [view, setView] = shared ?? own;
  const { id, width, height } = picture;

  useEffect(() => {
    const element = ref.current;
    if (!element) return;
    const observer = new ResizeObserver(() =>
      setRoom({ width: element.clientWidth, height: element.clientHeight }),
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another picture is seen whole first
  useEffect(() => setView(FIT), [id]);

  const base = useMemo(
    () =>
      room.width && width && height
        ? fitted({ width, height }, room)
        : { width: room.width, height: room.height },
    [room, width, height],
  );
  // At least to where a pixel of the picture is eight of the page.
  const most = Math.max(8, base.width ? (width * 8) / base.width : 8);
  const change = useCallback(
    (next: (view: View) => View) => setView((now) => kept(next(now), base, room, most)),
    [base, room, most, setView],
  );
  const by = useCallback(
    (factor: number) => change((now) => zoomed(now, now.scale * factor, 0, 0)),
    [change],
  );
  const fit = useCallback(() => setView(FIT), [setView]);

  useEffect(() => {
    const element = ref.current;
    if (!element) return;
    return listen(element, change);
  }, [change]);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const step = KEYS[event.key];
    if (!step || (view.scale === 1 && event.key.startsWith("Arrow"))) return;
    event.preventDefault();
    event.stopPropagation();
    change(step);
  };
  return { ref, view, base, by, fit, onKeyDown };
}

const KEYS: Record<string, (view: View) => View> = {
  "+": (view) => zoomed(view, view.scale * 1.5, 0, 0),
  "=": (view) => zoomed(view, view.scale * 1.5, 0, 0),
  "-": (view) => zoomed(view, view.scale / 1.5, 0, 0),
  "0": () => FIT,
  ArrowLeft: (view) => ({ ...view, x: view.x + MOVE }),
  ArrowRight: (view) => ({ ...view, x: view.x - MOVE }),
  ArrowUp: (view) => ({ ...view, y: view.y + MOVE }),
  ArrowDown: (view) => ({ ...view, y: view.y - MOVE }),
};

/** Wheel, pointers and double presses; returns what stops it. */
function listen(element: HTMLElement, change: (next: (view: View) => View) => void): () => void {
  const pointers = new Map<number, { x: number; y: number }>();
  const fromMiddle = (x: number, y: number) => {
    const box = element.getBoundingClientRect();
    return { x: x - box.left - box.width / 2, y: y - box.top - box.height / 2 };
  };
  const wheel = (event: WheelEvent) => {
    event.preventDefault();
    const at = fromMiddle(event.clientX, event.clientY);
    change((view) => zoomed(view, view.scale * Math.exp(-event.deltaY / 400), at.x, at.y));
  };
  const down = (event: PointerEvent) => {
    if (event.button !== 0) return;
    if (event.target instanceof Element && event.target.closest("[data-keeps-pointer]")) return;
    pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    element.setPointerCapture(event.pointerId);
  };
  const move = (event: PointerEvent) => {
    const before = pointers.get(event.pointerId);
    if (!before) return;
    const now = { x: event.clientX, y: event.clientY };
    const other = [...pointers].find(([id]) => id !== event.pointerId)?.[1];
    pointers.set(event.pointerId, now);
    if (!other)
      return change((view) => ({ ...view, x: view.x + now.x - before.x, y: view.y + now.y - before.y }));
    const apart = (a: typeof now) => Math.hypot(a.x - other.x, a.y - other.y) || 1;
    const middle = fromMiddle((now.x + other.x) / 2, (now.y + other.y) / 2);
    change((view) => zoomed(view, (view.scale * apart(now)) / apart(before), middle.x, middle.y));
  };
  const up = (event: PointerEvent) => pointers.delete(event.pointerId);
  const twice = (event: MouseEvent) => {
    const at = fromMiddle(event.clientX, event.clientY);
    change((view) => (view.scale > 1 ? FIT : zoomed(view, 2.5, at.x, at.y)));
  };
  const all: [string, (event: never) => void][] = [
    ["wheel", wheel],
    ["pointerdown", down],
    ["pointermove", move],
    ["pointerup", up],
    ["pointercancel", up],
    ["dblclick", twice],
  ];
  for (const [name, on] of all) element.addEventListener(name, on as EventListener, { passive: false });
  return () => {
    for (const [name, on] of all) element.removeEventListener(name, on as EventListener);
  };
}
