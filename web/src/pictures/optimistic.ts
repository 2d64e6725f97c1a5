import type { QueryClient } from "@tanstack/react-query";
import type { Asset, AssetDetails } from "@/api/schema.gen";
import { changed, type List, type Place, placesOf, putBack, without } from "@/pictures/cache";
import { LISTS, oneKey } from "@/pictures/queries";

/** What was not done: of which, and the first refusal. Empty where all was. */
export type Outcome = { failed: string[]; error: unknown };
type Patch = Partial<Asset>;

/** Side by side, so that a hundred ratings do not take a hundred round trips one after the other. */
const AT_ONCE = 4;

/** Runs `send` on `ids`, `size` of them a request. */
export async function inChunks(
  ids: string[],
  size: number,
  send: (ids: string[]) => Promise<unknown>,
): Promise<Outcome> {
  const chunks = Array.from({ length: Math.ceil(ids.length / size) }, (_, n) =>
    ids.slice(n * size, (n + 1) * size),
  );
  const outcome: Outcome = { failed: [], error: undefined };
  const work = async () => {
    for (let chunk = chunks.shift(); chunk; chunk = chunks.shift()) {
      try {
        await send(chunk);
      } catch (error) {
        outcome.error ??= error;
        outcome.failed.push(...chunk);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, chunks.length) }, work));
  return outcome;
}

function eachList(client: QueryClient, change: (list: List, bin: boolean) => List) {
  for (const query of client.getQueryCache().findAll({ queryKey: LISTS })) {
    const list = query.state.data as List | undefined;
    if (!list) continue;
    const filters = query.queryKey[2] as { bin?: boolean } | undefined;
    const next = change(list, filters?.bin ?? false);
    if (next !== list) client.setQueryData(query.queryKey, next);
  }
}

/** Changes assets wherever they are shown, in lists and on their own. */
export function show(client: QueryClient, ids: Iterable<string>, change: (asset: Asset) => Patch): void {
  const wanted = new Set(ids);
  eachList(client, (list) => changed(list, wanted, (asset) => ({ ...asset, ...change(asset) })));
  for (const id of wanted)
    client.setQueryData<AssetDetails | null>(oneKey(id), (asset) => asset && { ...asset, ...change(asset) });
}

/** What is known here of some assets, by id. */
function known(client: QueryClient, ids: string[]): Map<string, Asset> {
  const wanted = new Set(ids);
  const found = new Map<string, Asset>();
  eachList(client, (list) => {
    for (const { asset } of placesOf(list, wanted)) found.set(asset.id, asset);
    return list;
  });
  for (const id of ids) {
    const one = client.getQueryData<AssetDetails | null>(oneKey(id));
    if (one) found.set(id, one);
  }
  return found;
}

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

/**
 * Shows a change at once and sends it. What is refused goes back to what it was, but for fields that
 * something else has changed since.
 */
export async function change(
  client: QueryClient,
  ids: string[],
  patch: (asset: Asset) => Patch,
  send: (ids: string[]) => Promise<unknown>,
  chunk = 100,
): Promise<Outcome> {
  // An answer that is under way was written before the change, and would take it back.
  await client.cancelQueries({ queryKey: ["assets"] });
  const before = known(client, ids);
  const made = new Map([...before].map(([id, asset]) => [id, patch(asset)]));
  show(client, ids, (asset) => made.get(asset.id) ?? {});
  const outcome = await inChunks(ids, chunk, send);
  show(client, outcome.failed, (asset) => {
    const old = before.get(asset.id);
    const ours = made.get(asset.id) ?? {};
    if (!old) return {};
    const names = (Object.keys(ours) as (keyof Asset)[]).filter((name) => same(asset[name], ours[name]));
    return Object.fromEntries(names.map((name) => [name, old[name]])) as Patch;
  });
  return outcome;
}

/** Takes assets out of the lists (of the bin, or all others) at once and sends it; what is refused comes back to its place. */
export async function takeOut(
  client: QueryClient,
  ids: string[],
  send: (ids: string[]) => Promise<unknown>,
  { bin = false, chunk = 100 }: { bin?: boolean; chunk?: number } = {},
): Promise<Outcome & { back: (ids: string[]) => void }> {
  await client.cancelQueries({ queryKey: ["assets"] });
  const wanted = new Set(ids);
  const places = new Map<string, Place[]>();
  for (const query of client.getQueryCache().findAll({ queryKey: LISTS })) {
    const list = query.state.data as List | undefined;
    const filters = query.queryKey[2] as { bin?: boolean } | undefined;
    if (!list || (filters?.bin ?? false) !== bin) continue;
    places.set(query.queryHash, placesOf(list, wanted));
    client.setQueryData(query.queryKey, without(list, wanted));
  }
  const back = (some: string[]) => {
    const returning = new Set(some);
    for (const query of client.getQueryCache().findAll({ queryKey: LISTS })) {
      const list = query.state.data as List | undefined;
      const mine = places.get(query.queryHash)?.filter((place) => returning.has(place.asset.id));
      if (list && mine?.length) client.setQueryData(query.queryKey, putBack(list, mine));
    }
  };
  const outcome = await inChunks(ids, chunk, send);
  back(outcome.failed);
  return { ...outcome, back };
}
