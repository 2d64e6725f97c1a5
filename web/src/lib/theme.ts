import { create } from "zustand";

export type Theme = "dark" | "light" | "system";
const KEY = "studio.theme";
const LIGHT = "(prefers-color-scheme: light)";

/** As `public/theme.js` does it before the first paint: dark where nothing was chosen. */
function kept(): Theme {
  try {
    const value = localStorage.getItem(KEY);
    return value === "light" || value === "system" ? value : "dark";
  } catch {
    return "dark";
  }
}

export const useTheme = create<{ theme: Theme }>(() => ({ theme: kept() }));

export function setTheme(theme: Theme): void {
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // Storage is refused: for this page alone.
  }
  useTheme.setState({ theme });
  show();
}

function show() {
  const { theme } = useTheme.getState();
  const light = theme === "light" || (theme === "system" && matchMedia(LIGHT).matches);
  document.documentElement.dataset.theme = light ? "light" : "dark";
}

/** Follows the system where that was chosen, and what other tabs choose. */
export function followTheme(): void {
  matchMedia(LIGHT).addEventListener("change", show);
  addEventListener("storage", ({ key }) => {
    if (key !== KEY) return;
    useTheme.setState({ theme: kept() });
    show();
  });
}
