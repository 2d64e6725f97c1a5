import type { ReactNode } from "react";
import { cx } from "@/design/cx";

/** A box of a picture's proportions, kept from the press of the button until the picture is there: nothing jumps. */
export function Frame({
  ratio,
  most = "60dvh",
  className,
  children,
}: {
  /** Width to height. */
  ratio: number;
  /** How high it may become, as CSS has lengths. */
  most?: string;
  className?: string;
  children?: ReactNode;
}) {
  return (
    <div
      style={{ aspectRatio: ratio, width: `min(100%, calc(${most} * ${ratio.toFixed(4)}))` }}
      className={cx("relative mx-auto overflow-hidden rounded-card bg-hover", className)}
    >
      {children}
    </div>
  );
}

/** Pictures of one job in the frame of one: side by side, each of the same proportions. */
export function Grid({ count, children }: { count: number; children: ReactNode }) {
  const columns = Math.ceil(Math.sqrt(count));
  return (
    <div
      className="absolute inset-0 grid gap-1"
      style={{
        gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))`,
        // As high as they are wide for the frame; what is no full square stands in its middle.
        gridAutoRows: `calc((100% - ${(columns - 1) * 0.25}rem) / ${columns})`,
        alignContent: "center",
      }}
    >
      {children}
    </div>
  );
}

/** The grid's places, from 0. */
export const places = (count: number): number[] => Array.from({ length: count }, (_, place) => place);
