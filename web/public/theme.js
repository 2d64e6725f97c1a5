// Before the first paint, so that nothing flashes: the theme that was chosen, or the system's.
(() => {
  let chosen = null;
  try {
    chosen = localStorage.getItem("studio.theme");
  } catch {
    // Storage is refused: the system's theme.
  }
  const light =
    chosen === "light" || (chosen === "system" && matchMedia("(prefers-color-scheme: light)").matches);
  document.documentElement.dataset.theme = light ? "light" : "dark";
})();
