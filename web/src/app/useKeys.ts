import { useEffect, useRef } from "react";
import { isStroke, isTyping } from "@/lib/shortcuts";

const TOGETHER_MS = 1000;

/** Runs what the keys stand for, wherever on the page they are pressed. Those without Ctrl can be switched off
 * (WCAG 2.1.4), and do nothing while something is typed or a dialog is open. */
export function useKeys(table: Record<string, () => void>, single: boolean): void {
  const latest = useRef(table);
  latest.current = table;
  useEffect(() => {
    let first = "";
    let at = 0;
    function pressed(event: KeyboardEvent) {
      if (event.defaultPrevented || event.isComposing || event.repeat) return;
      const free = single && !isTyping(event.target) && !document.querySelector("[role=dialog],[role=menu]");
      for (const [keys, run] of Object.entries(latest.current)) {
        const [one = "", two] = keys.split(" ");
        if (!keys.includes("mod+") && !free) continue;
        const hit = two
          ? first === one && Date.now() - at < TOGETHER_MS && isStroke(event, two)
          : isStroke(event, one);
        if (!hit) continue;
        event.preventDefault();
        first = "";
        return run();
      }
      first = free && !event.ctrlKey && !event.metaKey && !event.altKey ? event.key.toLowerCase() : "";
      at = Date.now();
    }
    addEventListener("keydown", pressed);
    return () => removeEventListener("keydown", pressed);
  }, [single]);
}
