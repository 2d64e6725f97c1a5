import { CircleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { ApiProblem, sentence } from "@/api/problem";
import { Button } from "@/design/Button";
import { cx } from "@/design/cx";
import { t } from "@/i18n";

/** Nothing is here yet: why, and what to do. */
export function Empty({
  icon,
  title,
  children,
  action,
}: {
  icon?: ReactNode;
  title: string;
  children?: ReactNode;
  action?: ReactNode;
}) {
  return (
    <div className="mx-auto flex max-w-md flex-col items-center gap-3 px-4 py-14 text-center">
      {icon && <div className="text-quiet">{icon}</div>}
      <h2 className="text-lg font-semibold">{title}</h2>
      {children && <p className="text-quiet">{children}</p>}
      {action && <div className="mt-2">{action}</div>}
    </div>
  );
}

/** What went wrong, in a sentence, with what to do. */
export function Failure({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const named = error instanceof ApiProblem && error.status >= 500 && error.instance;
  return (
    <div
      role="alert"
      className="flex items-start gap-3 rounded-card border border-bad/40 bg-bad-soft p-4 text-bad"
    >
      <CircleAlert size={20} className="mt-0.5 shrink-0" aria-hidden="true" />
      {/* Where there is little room, the button stands below the words. */}
      <div className="flex min-w-0 flex-1 flex-wrap items-start gap-x-3 gap-y-2">
        <div className="min-w-0 flex-1 basis-48">
          <p>{sentence(error)}</p>
          {named && <p className="mt-1 text-sm">{t("problem.instance", { id: String(named) })}</p>}
        </div>
        {onRetry && (
          <Button size="sm" onClick={onRetry}>
            {t("action.retry")}
          </Button>
        )}
      </div>
    </div>
  );
}

/** A place kept for what is coming, of its size, so that nothing jumps. */
export function Skeleton({ className }: { className?: string }) {
  return <div aria-hidden="true" className={cx("animate-pulse rounded-control bg-hover", className)} />;
}

/** How far: 0 to 1, or null where that is not known. */
export function Progress({
  value,
  label,
  className,
}: {
  value: number | null;
  label: string;
  className?: string;
}) {
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      {...(value === null ? {} : { "aria-valuenow": Math.round(value * 100) })}
      className={cx("h-1.5 w-full overflow-hidden rounded-full bg-hover", className)}
    >
      <div
        className={cx(
          "h-full rounded-full bg-accent transition-[width] duration-200",
          value === null && "w-1/3 animate-pulse",
        )}
        style={value === null ? undefined : { width: `${Math.max(2, value * 100)}%` }}
      />
    </div>
  );
}
