import { useEffect, useId, useRef } from "react";
import { create } from "zustand";

/** A way of doing something by keys. `keys`: "mod+k" (Ctrl, or ⌘ on Macs), "shift+?", "g c" (one after the other). */
export type Shortcut = { keys: string; does: string };
type Group = { name: string; shortcuts: Shortcut[] };

/** What works on the page that is shown, for the help. */
export const useShortcutHelp = create<{ groups: Record<string, Group> }>(() => ({ groups: {} }));

/** Lists shortcuts in the help for as long as the component is there; who handles them does so elsewhere. */
export function useShortcutList(name: string, shortcuts: Shortcut[]): void {
  const id = useId();
  const latest = useRef(shortcuts);
  latest.current = shortcuts;
  useEffect(() => {
    useShortcutHelp.setState(({ groups }) => ({
      groups: { ...groups, [id]: { name, shortcuts: latest.current } },
    }));
    return () => useShortcutHelp.setState(({ groups: { [id]: _gone, ...groups } }) => ({ groups }));
  }, [id, name]);
}

const MAC = typeof navigator !== "undefined" && /Mac|iPhone|iPad/.test(navigator.userAgent);
const SHOWN: Record<string, string> = {
  mod: MAC ? "⌘" : "Ctrl",
  shift: MAC ? "⇧" : "Shift",
  enter: "Enter",
  escape: "Esc",
  space: "Space",
  arrowleft: "←",
  arrowright: "→",
  arrowup: "↑",
  delete: "Del",
  arrowdown: "↓",
};

/** As it is written on keys: [["Ctrl", "K"]], or [["G"], ["C"]] for one after the other. */
export const caps = (keys: string): string[][] =>
  keys.split(" ").map((stroke) => stroke.split("+").map((key) => SHOWN[key] ?? key.toUpperCase()));

/** Is what was pressed this stroke? "?" and the like stand on other keys elsewhere: there Shift does not count. */
export function isStroke(event: KeyboardEvent, stroke: string): boolean {
  const parts = stroke.split("+");
  const key = parts.at(-1) ?? "";
  const mod = MAC ? event.metaKey : event.ctrlKey;
  const other = MAC ? event.ctrlKey : event.metaKey;
  if (event.altKey || other || mod !== parts.includes("mod")) return false;
  if (/^[a-z]$/.test(key) && event.shiftKey !== parts.includes("shift")) return false;
  return event.key.toLowerCase() === key;
}

/** Is something being typed? Then keys without Ctrl are letters. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || /^(input|textarea|select)$/i.test(target.tagName);
}
