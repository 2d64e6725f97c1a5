import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback, useMemo } from "react";
import { type Filters, filtersOf } from "@/pictures/filters";

/** The filters in the address, and how they are changed. What is undefined is taken out of it. */
export function useFilters() {
  const search = useSearch({ strict: false }) as Record<string, unknown>;
  // The address as text: the same filters are the same object, however often the router makes it anew.
  const said = JSON.stringify(filtersOf(search));
  const filters = useMemo(() => JSON.parse(said) as Filters, [said]);
  const navigate = useNavigate();
  const change = useCallback(
    (changes: { [K in keyof Filters]?: Filters[K] | undefined }, replace = true) => {
      const next = filtersOf({ ...filters, ...changes });
      void navigate({ to: "/gallery", search: next as never, replace, resetScroll: true });
    },
    [filters, navigate],
  );
  return { filters, change };
}

/** Within a place (a board, the bin), without any filter. */
export const placeOf = ({ board, bin }: Filters): Filters => ({
  ...(board && { board }),
  ...(bin && { bin }),
});
