import type { InfiniteData } from "@tanstack/react-query";
import type { Asset, PageAsset } from "@/api/schema.gen";

/** A list of assets as far as it was read. */
export type List = InfiniteData<PageAsset>;

/** Where an asset stood before it was taken out: page, and place on it. */
export type Place = { page: number; at: number; asset: Asset };

export const flat = (list: List | undefined): Asset[] => list?.pages.flatMap((page) => page.items) ?? [];

function paged(list: List, items: (items: Asset[], page: number) => Asset[]): List {
  let changed = false;
  const pages = list.pages.map((page, number) => {
    const next = items(page.items, number);
    if (next === page.items) return page;
    changed = true;
    return { ...page, items: next };
  });
  return changed ? { ...list, pages } : list;
}

/** `list` with `change` made to those of these ids; the very same list where there is none. */
export const changed = (list: List, ids: ReadonlySet<string>, change: (asset: Asset) => Asset): List =>
  paged(list, (items) =>
    items.some((one) => ids.has(one.id)) ? items.map((one) => (ids.has(one.id) ? change(one) : one)) : items,
  );

/** `list` without those of these ids. */
export const without = (list: List, ids: ReadonlySet<string>): List =>
  paged(list, (items) =>
    items.some((one) => ids.has(one.id)) ? items.filter((one) => !ids.has(one.id)) : items,
  );

/** Where those of these ids stand, in the order of the list. */
export const placesOf = (list: List, ids: ReadonlySet<string>): Place[] =>
  list.pages.flatMap((page, number) =>
    page.items.flatMap((asset, at) => (ids.has(asset.id) ? [{ page: number, at, asset }] : [])),
  );

/** `list` with those put back where they stood; what is there already stays as it is. */
export function putBack(list: List, places: Place[]): List {
  const there = new Set(flat(list).map((one) => one.id));
  const missing = places.filter((place) => !there.has(place.asset.id));
  const last = list.pages.length - 1;
  return paged(list, (items, number) => {
    // In their order: each counts on those before it being there again.
    const mine = missing.filter((place) => Math.min(place.page, last) === number);
    if (mine.length === 0) return items;
    const next = [...items];
    for (const place of mine)
      next.splice(place.page > last ? next.length : Math.min(place.at, next.length), 0, place.asset);
    return next;
  });
}

/** `list` with what is new at its head, or null where too much is new to know that nothing lies between. */
export function withHead(list: List, head: PageAsset): List | null {
  const first = list.pages[0];
  if (!first) return null;
  const there = new Set(flat(list).map((one) => one.id));
  const fresh = head.items.filter((one) => !there.has(one.id));
  if (fresh.length === head.items.length && head.next_cursor) return null;
  const newest = new Map(head.items.map((one) => [one.id, one]));
  return {
    ...list,
    pages: list.pages.map((page, number) => ({
      ...page,
      items: [...(number === 0 ? fresh : []), ...page.items.map((one) => newest.get(one.id) ?? one)],
    })),
  };
}
