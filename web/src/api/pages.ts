import { type QueryKey, useInfiniteQuery } from "@tanstack/react-query";

/** One page of a list, as all lists of the API are handed out. */
export type PageOf<T> = { items: T[]; next_cursor?: string | null };
/** Asks for the page that begins at `at`, which goes into the request's query. */
type Fetch<T> = (at: { cursor?: string }, signal: AbortSignal) => Promise<PageOf<T> | undefined>;
const at = (cursor: string | undefined) => (cursor ? { cursor } : {});

/** A list that is read page by page, as far as one has asked for; `items` are those of all pages. */
export function usePages<T>(key: QueryKey, fetch: Fetch<T>, enabled = true) {
  const query = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam, signal }) => fetch(at(pageParam), signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last?.next_cursor ?? undefined,
    enabled,
  });
  return { ...query, items: query.data?.pages.flatMap((page) => page?.items ?? []) };
}

/** All items of a short list; of a longer one as many as `most`. */
export async function allPages<T>(fetch: Fetch<T>, signal: AbortSignal, most = 2000): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | undefined;
  do {
    const page = await fetch(at(cursor), signal);
    items.push(...(page?.items ?? []));
    cursor = page?.next_cursor ?? undefined;
  } while (cursor && items.length < most);
  return items;
}
