import { Archive, Check, Star, Upload } from "lucide-react";
import { memo } from "react";
import type { Asset } from "@/api/schema.gen";
import { cx } from "@/design/cx";
import { usePress } from "@/features/gallery/grid/usePress";
import { useT } from "@/i18n";
import { Thumbnail } from "@/pictures/Thumbnail";
import { altOf } from "@/pictures/urls";

export type CellActs = {
  open: (id: string) => void;
  /** A press, with what was held: ctrl or ⌘, and shift. */
  press: (id: string, held: { toggle: boolean; range: boolean }) => void;
  toggle: (id: string) => void;
  drag: (event: React.DragEvent, id: string) => void;
};

/** One picture of the grid. */
export const Cell = memo(function Cell({
  asset,
  href,
  row,
  column,
  chosen,
  choosing,
  active,
  size,
  draggable,
  acts,
}: {
  asset: Asset;
  href: string;
  /** From 1. */
  row: number;
  column: number;
  chosen: boolean;
  choosing: boolean;
  /** Has it the grid's one tab stop? */
  active: boolean;
  /** Pixels of its side. */
  size: number;
  draggable: boolean;
  acts: CellActs;
}) {
  const t = useT();
  const press = usePress(() => acts.toggle(asset.id));
  const rated = asset.rating > 0 ? `, ${t("gallery.stars", { count: asset.rating })}` : "";
  return (
    <div
      role="gridcell"
      aria-rowindex={row}
      aria-colindex={column}
      aria-selected={chosen}
      aria-label={`${altOf(asset)}${rated}`}
      data-id={asset.id}
      tabIndex={active ? 0 : -1}
      style={{ width: size, height: size }}
      className={cx(
        "group relative shrink-0 select-none overflow-hidden rounded-control bg-hover [-webkit-touch-callout:none]",
        "focus-visible:z-10 focus-visible:outline-offset-2",
        chosen && "ring-3 ring-accent ring-inset",
      )}
      {...press.handlers}
    >
      {/* A link, so that a picture can be opened in another tab; the keyboard is at the cell. */}
      <a
        href={href}
        tabIndex={-1}
        aria-hidden="true"
        draggable={draggable}
        onDragStart={(event) => acts.drag(event, asset.id)}
        onClick={(event) => {
          const toggle = event.ctrlKey || event.metaKey;
          event.preventDefault();
          if (press.swallowed()) return;
          acts.press(asset.id, { toggle, range: event.shiftKey });
        }}
        className={cx(
          "block size-full transition-transform",
          chosen && "scale-90 overflow-hidden rounded-md",
        )}
      >
        <Thumbnail asset={asset} fit="cover" sizes={`${size}px`} />
      </a>
      <span
        aria-hidden="true"
        className={cx(
          "absolute left-1 top-1 grid size-8 place-items-center transition-opacity",
          !chosen && !choosing && "opacity-0 group-hover:opacity-100 group-focus:opacity-100",
        )}
        onClick={(event) => {
          event.stopPropagation();
          if (press.swallowed()) return;
          if (event.shiftKey) acts.press(asset.id, { toggle: false, range: true });
          else acts.toggle(asset.id);
        }}
      >
        <span
          className={cx(
            "grid size-6 place-items-center rounded-full border-2",
            chosen ? "border-accent bg-accent text-on-accent" : "border-white bg-black/40",
          )}
        >
          {chosen && <Check size={15} strokeWidth={3} />}
        </span>
      </span>
      <span
        aria-hidden="true"
        className="pointer-events-none absolute inset-x-1 bottom-1 flex items-center justify-between gap-1"
      >
        {asset.rating > 0 ? (
          <span className="flex items-center gap-0.5 rounded-full bg-black/65 px-1.5 py-0.5 text-xs text-white">
            <Star size={11} className="fill-current" />
            {asset.rating}
          </span>
        ) : (
          <span />
        )}
        {asset.storage !== "hot" ? (
          <span className="rounded-full bg-black/65 p-1 text-white">
            <Archive size={12} />
          </span>
        ) : (
          asset.kind === "upload" && (
            <span className="rounded-full bg-black/65 p-1 text-white">
              <Upload size={12} />
            </span>
          )
        )}
      </span>
    </div>
  );
});
