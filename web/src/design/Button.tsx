import { Slot } from "radix-ui";
import type { ComponentProps, ReactNode } from "react";
import { cx } from "@/design/cx";
import { Hint } from "@/design/Hint";
import { Spinner } from "@/design/Spinner";

const KINDS = {
  /** The one thing that a page is for. */
  primary:
    "bg-accent text-on-accent font-semibold hover:brightness-110 disabled:bg-hover disabled:text-quiet",
  normal: "bg-raised text-ink border border-edge/60 hover:bg-hover disabled:text-quiet",
  ghost: "text-ink hover:bg-hover disabled:text-quiet",
  danger: "bg-bad-soft text-bad border border-bad/40 hover:brightness-110 disabled:opacity-60",
} as const;
const SIZES = {
  sm: "h-8 px-3 text-sm gap-1.5",
  md: "h-10 px-4 gap-2",
  lg: "h-12 px-6 text-base gap-2.5",
} as const;

export type ButtonProps = ComponentProps<"button"> & {
  kind?: keyof typeof KINDS;
  size?: keyof typeof SIZES;
  /** At work: stays as wide as it is, and cannot be pressed. */
  busy?: boolean;
  /** The child (a link) gets the look instead. */
  asChild?: boolean;
};

/** A button with words. At least 24 px high for fingers (WCAG 2.5.8); `md` is 40. */
export function Button({
  kind = "normal",
  size = "md",
  busy = false,
  asChild,
  className,
  children,
  ...rest
}: ButtonProps) {
  const look = cx(
    "relative inline-flex select-none items-center justify-center whitespace-nowrap rounded-control transition-colors [&_svg]:shrink-0",
    KINDS[kind],
    SIZES[size],
    className,
  );
  if (asChild)
    return (
      <Slot.Root className={look} {...rest}>
        {children}
      </Slot.Root>
    );
  return (
    <button
      type="button"
      {...rest}
      className={look}
      disabled={rest.disabled || busy}
      aria-busy={busy || undefined}
    >
      {busy && (
        <span className="absolute inset-0 grid place-items-center">
          <Spinner />
        </span>
      )}
      <span className={cx("contents", busy && "[&>*]:invisible text-transparent")}>{children}</span>
    </button>
  );
}

/** A button with a picture only; `label` is said aloud and shown as a hint. */
export function IconButton({
  label,
  kind = "ghost",
  className,
  children,
  ...rest
}: Omit<ButtonProps, "size" | "asChild"> & { label: string; children: ReactNode }) {
  return (
    <Hint text={label}>
      <button
        type="button"
        aria-label={label}
        {...rest}
        className={cx(
          "grid size-9 shrink-0 place-items-center rounded-control transition-colors",
          KINDS[kind],
          className,
        )}
      >
        {children}
      </button>
    </Hint>
  );
}
