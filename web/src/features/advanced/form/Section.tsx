import { ChevronRight } from "lucide-react";
import { type ReactNode, useEffect, useState } from "react";
import { Badge } from "@/design/Layout";

/** A part of the form under its name. One that can be folded says folded what is in use in it. */
export function Section({
  title,
  inUse,
  wrong = false,
  folds = false,
  aside,
  children,
}: {
  title: string;
  /** What of it is in use, in a word or two. */
  inUse?: string | undefined;
  /** Something in it is wrong: it is opened. */
  wrong?: boolean;
  folds?: boolean;
  aside?: ReactNode;
  children: ReactNode;
}) {
  const [open, setOpen] = useState(!folds || Boolean(inUse));
  useEffect(() => {
    if (wrong) setOpen(true);
  }, [wrong]);
  if (!folds)
    return (
      <section className="flex flex-col gap-4 border-t border-line py-4 first:border-t-0" aria-label={title}>
        {aside && <div className="flex items-center justify-between">{aside}</div>}
        {children}
      </section>
    );
  return (
    <details
      className="group border-t border-line"
      open={open}
      onToggle={(event) => setOpen(event.currentTarget.open)}
    >
      <summary className="flex min-h-11 cursor-pointer list-none items-center gap-2 rounded-control py-2 font-medium hover:text-accent-ink [&::-webkit-details-marker]:hidden">
        <ChevronRight
          size={16}
          aria-hidden="true"
          className="shrink-0 text-quiet transition-transform group-open:rotate-90"
        />
        {title}
        {inUse && <Badge tone="accent">{inUse}</Badge>}
      </summary>
      {open && <div className="flex flex-col gap-4 pb-4">{children}</div>}
    </details>
  );
}
