/** What is chosen in a list: pure, so that mouse, keyboard and fingers do the same. */
export type Selection = {
  ids: ReadonlySet<string>;
  /** Where a range begins. */
  anchor: string | null;
  /** What was chosen before the range: it stays when the range is drawn elsewhere. */
  base: ReadonlySet<string>;
};

export const NOTHING: Selection = { ids: new Set(), anchor: null, base: new Set() };

/** With `id` chosen, or no more; a range may begin here. */
export function toggled(selection: Selection, id: string): Selection {
  const ids = new Set(selection.ids);
  if (!ids.delete(id)) ids.add(id);
  return { ids, anchor: id, base: ids };
}

/** With all from the anchor to `id`, in the list's `order`, beside what was chosen before. */
export function ranged(selection: Selection, id: string, order: readonly string[]): Selection {
  const from = selection.anchor === null ? -1 : order.indexOf(selection.anchor);
  const to = order.indexOf(id);
  if (to === -1) return selection;
  if (from === -1) return toggled({ ...selection, ids: without(selection.ids, id) }, id);
  const range = order.slice(Math.min(from, to), Math.max(from, to) + 1);
  return { ...selection, ids: new Set([...selection.base, ...range]) };
}

export const all = (order: readonly string[]): Selection => {
  const ids = new Set(order);
  return { ids, anchor: order[0] ?? null, base: ids };
};

/** Without what is not in the list any more. */
export function among(selection: Selection, order: readonly string[]): Selection {
  const there = new Set(order);
  if ([...selection.ids].every((id) => there.has(id))) return selection;
  const kept = (ids: ReadonlySet<string>) => new Set([...ids].filter((id) => there.has(id)));
  return { ids: kept(selection.ids), base: kept(selection.base), anchor: selection.anchor };
}

function without(ids: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const rest = new Set(ids);
  rest.delete(id);
  return rest;
}
