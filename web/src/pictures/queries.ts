import {
  infiniteQueryOptions,
  type QueryClient,
  queryOptions,
  useInfiniteQuery,
  useQuery,
} from "@tanstack/react-query";
import { api } from "@/api/client";
import type { AssetDetails, Board } from "@/api/schema.gen";
import { parseLossless } from "@/lib/lossless";
import { withHead } from "@/pictures/cache";
import { type Filters, queryOf } from "@/pictures/filters";

/** Assets of a page of a list: as many as one request may ask for. */
const PAGE = 100;

export const LISTS = ["assets", "list"] as const;
const listKey = (filters: Filters) => [...LISTS, filters] as const;
export const oneKey = (id: string) => ["assets", "one", id] as const;

async function page(filters: Filters, cursor: string | null, signal?: AbortSignal) {
  const { data } = await api.GET("/api/v1/assets", {
    params: { query: { ...queryOf(filters), limit: PAGE, ...(cursor && { cursor }) } },
    ...(signal && { signal }),
  });
  return data ?? { items: [], next_cursor: null };
}

export const listOptions = (filters: Filters) =>
  infiniteQueryOptions({
    queryKey: listKey(filters),
    queryFn: ({ pageParam, signal }) => page(filters, pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next_cursor ?? null,
    // Reading dozens of pages anew because a window was looked at again is no service: `refreshHead` looks for what is new.
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
    refetchOnMount: (query) => (query.state.data?.pages.length ?? 0) <= 2,
  });

/** Assets, page by page. */
export const useAssets = (filters: Filters) => useInfiniteQuery(listOptions(filters));

/** Puts what is new at the head of a list, without reading the rest of it again. */
export async function refreshHead(client: QueryClient, filters: Filters): Promise<void> {
  const options = listOptions(filters);
  const before = client.getQueryData(options.queryKey);
  if (!before) return;
  const head = await page(filters, null);
  const list = client.getQueryData(options.queryKey);
  const next = list && withHead(list, head);
  if (next) client.setQueryData(options.queryKey, next);
  else await client.invalidateQueries({ queryKey: options.queryKey });
}

export const assetOptions = (id: string) =>
  queryOptions({
    queryKey: oneKey(id),
    queryFn: async ({ signal }) => {
      // Its seed is shown and sent again as it is: it may have more digits than JavaScript's numbers.
      const of = { params: { path: { asset_id: id } }, parseAs: "text", signal } as const;
      const { data } = await api.GET("/api/v1/assets/{asset_id}", of);
      return data === undefined ? null : (parseLossless(data) as AssetDetails);
    },
  });

/** All that is known of one asset. */
export const useAsset = (id: string | undefined) =>
  useQuery({ ...assetOptions(id ?? ""), enabled: id !== undefined });

/** What an asset was made of, and what was made of it. */
export const useFamily = (id: string) =>
  useQuery({
    queryKey: ["assets", "family", id],
    queryFn: async ({ signal }) =>
      (await api.GET("/api/v1/assets/{asset_id}/lineage", { params: { path: { asset_id: id } }, signal }))
        .data ?? null,
  });

/** All boards that one sees, by name. */
export const useBoards = () =>
  useQuery({
    queryKey: ["boards"],
    queryFn: async ({ signal }) => {
      const boards: Board[] = [];
      let cursor: string | null | undefined;
      do {
        const { data } = await api.GET("/api/v1/boards", {
          params: { query: { limit: 100, ...(cursor && { cursor }) } },
          signal,
        });
        boards.push(...(data?.items ?? []));
        cursor = data?.next_cursor;
      } while (cursor);
      return boards.sort((a, b) => a.name.localeCompare(b.name));
    },
  });

/** What one's pictures can be filtered by: tags and models with how many there are, and from when to when. */
export const useFacets = () =>
  useQuery({
    queryKey: ["assets", "facets"],
    queryFn: async ({ signal }) => (await api.GET("/api/v1/assets/facets", { signal })).data ?? null,
    staleTime: 60_000,
  });
