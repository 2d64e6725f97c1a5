import { useSyncExternalStore } from "react";

/** Colours of series, in their order; each has a contrast of 3 to 1 to the surface of its theme. */
export const SERIES = ["--plot-1", "--plot-2", "--plot-3", "--plot-4", "--plot-5", "--plot-6"] as const;
/** Of the series at this place, as CSS takes it. */
export const colourOf = (place: number) => `var(${SERIES[place % SERIES.length]})`;

const follow = (changed: () => void) => {
  const observer = new MutationObserver(changed);
  observer.observe(document.documentElement, { attributeFilter: ["data-theme"] });
  return () => observer.disconnect();
};

/** The theme that is shown; a canvas must be drawn anew when it changes. */
export const useShownTheme = () =>
  useSyncExternalStore(follow, () => document.documentElement.dataset.theme ?? "dark");

/** What a CSS variable is now: a canvas knows no variables. */
export const tokenValue = (variable: string) =>
  getComputedStyle(document.documentElement).getPropertyValue(variable).trim();
