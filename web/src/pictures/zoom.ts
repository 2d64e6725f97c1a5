/** How a picture lies in its window: `scale` 1 fits it in; x and y, in pixels, are how far its middle is from the window's. */
export type View = { scale: number; x: number; y: number };
export type Size = { width: number; height: number };

export const FIT: View = { scale: 1, x: 0, y: 0 };

/** How large the picture is at scale 1: as large as the window lets it be. */
export function fitted(picture: Size, window: Size): Size {
  const fill = Math.min(window.width / picture.width, window.height / picture.height);
  return { width: picture.width * fill, height: picture.height * fill };
}

const held = (value: number, most: number) => Math.min(most, Math.max(-most, value));

/** The nearest view in which some of the picture cannot be lost: what is smaller than the window stays in its middle. */
export function kept(view: View, base: Size, window: Size, most: number): View {
  const scale = Math.min(most, Math.max(1, view.scale));
  return {
    scale,
    x: held(view.x, Math.max(0, (base.width * scale - window.width) / 2)),
    y: held(view.y, Math.max(0, (base.height * scale - window.height) / 2)),
  };
}

/** `view` at another scale; the point of the picture under (x, y) from the window's middle stays under it. */
export function zoomed(view: View, scale: number, x: number, y: number): View {
  const by = scale / view.scale;
  return { scale, x: x - (x - view.x) * by, y: y - (y - view.y) * by };
}
