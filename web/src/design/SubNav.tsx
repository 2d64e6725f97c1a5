import { Link } from "@tanstack/react-router";
import { cx } from "@/design/cx";

/** The pages of one room, above each of them. Wraps on phones, so that all are seen without scrolling. */
export function SubNav<T extends string>({
  label,
  pages,
}: {
  label: string;
  pages: { to: T; label: string }[];
}) {
  return (
    <nav aria-label={label} className="border-b border-line bg-surface">
      <ul className="mx-auto flex max-w-5xl flex-wrap gap-1 px-1 py-2 sm:px-3">
        {pages.map((page) => (
          <li key={page.to}>
            <Link
              to={page.to as string}
              activeOptions={{ exact: true, includeSearch: false }}
              className={cx(
                "inline-flex min-h-10 items-center rounded-control px-3 text-sm text-quiet hover:bg-hover hover:text-ink sm:min-h-8",
                "data-[status=active]:bg-accent-soft data-[status=active]:font-medium data-[status=active]:text-accent-ink",
              )}
            >
              {page.label}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
