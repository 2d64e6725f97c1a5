import { defaultRangeExtractor, useWindowVirtualizer } from "@tanstack/react-virtual";
import {
  type KeyboardEvent,
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import type { Asset } from "@/api/schema.gen";
import { Skeleton } from "@/design/States";
import { Cell, type CellActs } from "@/features/gallery/grid/Cell";
import { moved } from "@/features/gallery/grid/moving";
import { activate, chooseAll, chooseNothing, range, toggle, useGrid } from "@/features/gallery/grid/store";

const GAP = 6;
/** A picture is at least so wide: three beside each other on a phone. */
const LEAST = { phone: 96, desk: 168 } as const;

export type GridActs = {
  open: (id: string) => void;
  href: (id: string) => string;
  /** Keys beside moving and choosing; true: it was one of them. */
  key: (event: KeyboardEvent, id: string) => boolean;
  drag: (event: React.DragEvent, id: string) => void;
};

/** Pictures in rows, of which only those on the screen are in the page. Arrows move, space chooses, enter opens. */
export function Grid({
  assets,
  more,
  onMore,
  label,
  draggable,
  acts,
}: {
  assets: Asset[];
  /** Are there more than those? */
  more: boolean;
  onMore: () => void;
  label: string;
  draggable: boolean;
  acts: GridActs;
}) {
  const box = useRef<HTMLDivElement>(null);
  const [{ width, top }, setPlace] = useState({ width: 0, top: 0 });
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const measure = () =>
      setPlace({
        width: element.clientWidth,
        top: element.getBoundingClientRect().top + window.scrollY,
      });
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    // What stands above may change its height.
    observer.observe(document.body);
    return () => observer.disconnect();
  }, []);

  const least = width < 560 ? LEAST.phone : LEAST.desk;
  const columns = Math.max(1, Math.floor((width + GAP) / (least + GAP)));
  const size = width ? Math.floor((width - GAP * (columns - 1)) / columns) : least;
  const rows = Math.ceil(assets.length / columns) + (more ? 1 : 0);
  const order = useMemo(() => assets.map((asset) => asset.id), [assets]);
  const active = useGrid((state) => state.active);
  // Where it is gone, the one that came to its place has the keyboard.
  const last = useRef(0);
  const found = active === null ? 0 : order.indexOf(active);
  const at = found === -1 ? Math.max(0, Math.min(last.current, order.length - 1)) : found;
  useEffect(() => {
    last.current = at;
  }, [at]);
  const activeRow = Math.floor(at / columns);

  const virtual = useWindowVirtualizer({
    count: rows,
    estimateSize: () => size + GAP,
    overscan: 3,
    scrollMargin: top,
    // The bars above and below hide nothing that is moved to.
    scrollPaddingStart: 72,
    scrollPaddingEnd: 96,
    // The row with the focus stays, so that the keyboard does not lose its place.
    rangeExtractor: useCallback(
      (range: Parameters<typeof defaultRangeExtractor>[0]) => {
        const shown = defaultRangeExtractor(range);
        return shown.includes(activeRow) || activeRow >= range.count
          ? shown
          : [...shown, activeRow].sort((a, b) => a - b);
      },
      [activeRow],
    ),
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: rows have another height now
  useEffect(() => virtual.measure(), [size]);
  const items = virtual.getVirtualItems();
  const lowest = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (more && rows > 0 && lowest >= rows - 3) onMore();
  }, [more, lowest, rows, onMore]);

  const focus = useRef(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the cell may only now be in the page
  useEffect(() => {
    if (!focus.current) return;
    const cell = box.current?.querySelector<HTMLElement>(`[data-id="${order[at]}"]`);
    if (!cell) return;
    focus.current = false;
    cell.focus({ preventScroll: true });
  }, [at, order, items]);

  const opened = acts.open;
  const drag = acts.drag;
  const cells = useMemo<CellActs>(
    () => ({
      open: opened,
      toggle,
      drag,
      press: (id, held) => {
        activate(id);
        if (held.range) range(id, order);
        else if (held.toggle || useGrid.getState().choosing) toggle(id);
        else opened(id);
      },
    }),
    [opened, drag, order],
  );

  const go = (place: number, extend: boolean) => {
    const id = order[place];
    if (id === undefined) return;
    const before = order[at];
    if (extend && before !== undefined && useGrid.getState().selection.ids.size === 0) toggle(before);
    if (extend) range(id, order);
    focus.current = true;
    activate(id);
    virtual.scrollToIndex(Math.floor(place / columns), { align: "auto" });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const id = order[at];
    if (id === undefined || event.altKey) return;
    const ctrl = event.ctrlKey || event.metaKey;
    const page = Math.max(1, Math.floor(window.innerHeight / (size + GAP)) - 1);
    const to = moved(event.key, at, { count: order.length, columns, page, whole: ctrl });
    if (to !== null) go(to, event.shiftKey);
    else if (event.key === " ") event.shiftKey ? range(id, order) : toggle(id);
    else if (event.key === "Enter" && !ctrl) opened(id);
    else if (event.key.toLowerCase() === "a" && ctrl) chooseAll(order);
    else if (event.key === "Escape" && useGrid.getState().choosing) chooseNothing();
    else if (acts.key(event, id)) focus.current = true;
    else return;
    event.preventDefault();
  };

  const ids = useGrid((state) => state.selection.ids);
  const choosing = useGrid((state) => state.choosing);
  // The bar of what is chosen goes, and the focus with it, if it was there: it comes back to the grid.
  const chose = useRef(false);
  useEffect(() => {
    const over = chose.current && !choosing;
    chose.current = choosing;
    if (over && document.activeElement === document.body)
      box.current
        ?.querySelector<HTMLElement>('[role=gridcell][tabindex="0"]')
        ?.focus({ preventScroll: true });
  }, [choosing]);
  return (
    <div
      ref={box}
      role="grid"
      aria-label={label}
      aria-multiselectable="true"
      aria-rowcount={more ? -1 : rows}
      aria-colcount={columns}
      onKeyDown={onKeyDown}
      className="relative"
      style={{ height: virtual.getTotalSize() }}
    >
      {width > 0 &&
        items.map((item) => (
          <div
            key={item.key}
            role="row"
            aria-rowindex={item.index + 1}
            className="absolute left-0 flex"
            style={{ gap: GAP, height: size, transform: `translateY(${item.start - top}px)` }}
          >
            {assets.slice(item.index * columns, (item.index + 1) * columns).map((asset, column) => (
              <Cell
                key={asset.id}
                asset={asset}
                href={acts.href(asset.id)}
                row={item.index + 1}
                column={column + 1}
                chosen={ids.has(asset.id)}
                choosing={choosing}
                active={order[at] === asset.id}
                size={size}
                draggable={draggable}
                acts={cells}
              />
            ))}
            {more && item.index * columns >= assets.length && (
              <div role="gridcell" className="flex" style={{ gap: GAP, width, height: size }}>
                {Array.from({ length: columns }, (_, place) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: places have nothing else
                  <Skeleton key={place} className="h-full flex-1" />
                ))}
              </div>
            )}
          </div>
        ))}
    </div>
  );
}
