import { useEffect, useMemo } from "react";
import { flat } from "@/pictures/cache";
import type { Filters } from "@/pictures/filters";
import { useAssets } from "@/pictures/queries";

/** The pictures before and after one in the list that it was opened from. */
export function useNeighbours(id: string, filters: Filters): { before?: string; after?: string } {
  const list = useAssets(filters);
  const order = useMemo(() => flat(list.data).map((asset) => asset.id), [list.data]);
  const at = order.indexOf(id);
  const near = at >= order.length - 3;
  useEffect(() => {
    if (at !== -1 && near && list.hasNextPage && !list.isFetchingNextPage) void list.fetchNextPage();
  }, [at, near, list.hasNextPage, list.isFetchingNextPage, list.fetchNextPage]);
  const [before, after] = at === -1 ? [] : [order[at - 1], order[at + 1]];
  return { ...(before && { before }), ...(after && { after }) };
}
