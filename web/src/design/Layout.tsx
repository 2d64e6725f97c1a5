import type { ReactNode } from "react";
import { cx } from "@/design/cx";
import { useTitle } from "@/lib/title";

/** A page: its name, what it is for, what can be done, and what it shows. */
export function Page({
  title,
  description,
  actions,
  wide = false,
  children,
}: {
  title: string;
  description?: ReactNode;
  actions?: ReactNode;
  wide?: boolean;
  children: ReactNode;
}) {
  useTitle(title);
  return (
    <div className={cx("mx-auto w-full px-4 py-5 sm:px-6 sm:py-7", wide ? "max-w-none" : "max-w-5xl")}>
      <header className="mb-5 flex flex-wrap items-end justify-between gap-x-4 gap-y-3">
        <div className="min-w-0">
          <h1 className="text-2xl font-semibold tracking-tight">{title}</h1>
          {description && <p className="mt-1 text-quiet">{description}</p>}
        </div>
        {actions && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
      </header>
      {children}
    </div>
  );
}

/** A surface with a name. */
export function Card({
  title,
  aside,
  className,
  children,
}: {
  title?: string;
  aside?: ReactNode;
  className?: string;
  children: ReactNode;
}) {
  return (
    <section className={cx("rounded-card border border-line bg-surface p-4 sm:p-5", className)}>
      {(title || aside) && (
        <div className="mb-3 flex items-center justify-between gap-3">
          {title && <h2 className="font-semibold">{title}</h2>}
          {aside}
        </div>
      )}
      {children}
    </section>
  );
}

const TONES = {
  plain: "bg-hover text-quiet",
  accent: "bg-accent-soft text-accent-ink",
  good: "bg-hover text-good",
  bad: "bg-bad-soft text-bad",
  warn: "bg-hover text-warn",
} as const;

/** A word about something: its state, its kind. */
export function Badge({ tone = "plain", children }: { tone?: keyof typeof TONES; children: ReactNode }) {
  return (
    <span
      className={cx(
        "inline-flex items-center gap-1 whitespace-nowrap rounded-full px-2 py-0.5 text-xs font-medium",
        TONES[tone],
      )}
    >
      {children}
    </span>
  );
}

/** A table that becomes a list of cards where it has no room. */
export function Table<T>({
  label,
  rows,
  id,
  columns,
}: {
  label: string;
  rows: T[];
  id: (row: T) => string;
  columns: { name: string; cell: (row: T) => ReactNode; className?: string }[];
}) {
  return (
    <table aria-label={label} className="w-full text-left text-sm max-sm:block">
      <thead className="max-sm:sr-only">
        <tr className="border-b border-line text-quiet">
          {columns.map((column) => (
            <th key={column.name} scope="col" className={cx("px-3 py-2 font-medium", column.className)}>
              {column.name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody className="max-sm:block">
        {rows.map((row) => (
          <tr key={id(row)} className="border-b border-line last:border-0 max-sm:block max-sm:py-2">
            {columns.map((column) => (
              <td
                key={column.name}
                className={cx(
                  "px-3 py-2.5 align-middle max-sm:flex max-sm:items-center max-sm:justify-between max-sm:gap-4 max-sm:py-1",
                  column.className,
                )}
              >
                <span aria-hidden="true" className="text-quiet sm:hidden">
                  {column.name}
                </span>
                <span className="min-w-0 max-sm:text-right">{column.cell(row)}</span>
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
