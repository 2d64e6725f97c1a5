/** How the place with the focus moves in a grid of `columns`, with `page` rows on the screen: pure. */
export function moved(
  key: string,
  at: number,
  { count, columns, page, whole }: { count: number; columns: number; page: number; whole: boolean },
): number | null {
  if (count === 0) return null;
  const within = (place: number) => Math.min(count - 1, Math.max(0, place));
  switch (key) {
    case "ArrowLeft":
      return within(at - 1);
    case "ArrowRight":
      return within(at + 1);
    case "ArrowUp":
      return at < columns ? at : at - columns;
    case "ArrowDown":
      // Into the last row, though it is shorter; not sideways within it.
      return Math.floor(at / columns) === Math.floor((count - 1) / columns) ? at : within(at + columns);
    case "PageUp":
      return at - page * columns < 0 ? at % columns : at - page * columns;
    case "PageDown":
      return within(at + page * columns);
    case "Home":
      return whole ? 0 : at - (at % columns);
    case "End":
      return whole ? count - 1 : within(at - (at % columns) + columns - 1);
    default:
      return null;
  }
}
