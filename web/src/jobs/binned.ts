import { $api } from "@/api/client";
import type { PageAsset } from "@/api/schema.gen";
import { useMay } from "@/api/session";
import type { Output } from "@/jobs/request";

const BIN = { params: { query: { deleted: true, mine: true, limit: 100 } } } as const;
const idsOf = (page: PageAsset): ReadonlySet<string> => new Set(page.items.map((asset) => asset.id));
const NONE: ReadonlySet<string> = new Set();

/**
 * Ids of one's latest pictures that are in the bin. A job goes on naming them, and the browser may still have them; who
 * threw them away does not want to see them. Asked for again whenever a page that shows jobs is opened.
 */
export function useBinned(): ReadonlySet<string> {
  const may = useMay("asset:read");
  const { data } = $api.useQuery("get", "/api/v1/assets", BIN, {
    enabled: may,
    staleTime: 2_000,
    select: idsOf,
  });
  return data ?? NONE;
}

/** Those that are not in the bin. */
export const outsideOf = (bin: ReadonlySet<string>, outputs: Output[]): Output[] =>
  bin.size === 0 ? outputs : outputs.filter((output) => !bin.has(output.asset_id));
