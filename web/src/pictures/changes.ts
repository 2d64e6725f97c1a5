import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { api } from "@/api/client";
import { sentence } from "@/api/problem";
import type { Asset, AssetPatch } from "@/api/schema.gen";
import { toast } from "@/design/Toaster";
import { t } from "@/i18n";
import type { List } from "@/pictures/cache";
import { change, inChunks, type Outcome, show, takeOut } from "@/pictures/optimistic";
import { LISTS } from "@/pictures/queries";

type Ids = string[];

/** Says what of it was refused, and why. */
function tell({ failed, error }: Outcome, asked: number): boolean {
  if (failed.length === 0) return true;
  const why = sentence(error);
  toast.error(
    asked === 1 ? why : t("pictures.partly", { failed: failed.length, asked }),
    asked === 1 ? {} : { description: why },
  );
  return false;
}

const patchEach = (patch: AssetPatch) => (ids: Ids) =>
  Promise.all(
    ids.map((id) =>
      api.PATCH("/api/v1/assets/{asset_id}", { params: { path: { asset_id: id } }, body: patch }),
    ),
  );
const undelete = (ids: Ids) => api.POST("/api/v1/assets/undelete", { body: { asset_ids: ids } });

/** Lists in which they may now stand, or no more, are read anew when they are looked at. */
const stale = (client: QueryClient, which: (filters: { bin?: boolean; board?: string }) => boolean) =>
  client.invalidateQueries({
    queryKey: LISTS,
    predicate: (query) => which((query.queryKey[2] ?? {}) as { bin?: boolean; board?: string }),
  });

function changesOf(client: QueryClient) {
  const deleted = async (ids: Ids): Promise<boolean> => {
    const outcome = await takeOut(client, ids, (some) =>
      api.POST("/api/v1/assets/delete", { body: { asset_ids: some } }),
    );
    const done = ids.filter((id) => !outcome.failed.includes(id));
    void stale(client, (filters) => filters.bin ?? false);
    show(client, done, () => ({ deleted_at: new Date().toISOString() }));
    tell(outcome, ids.length);
    if (done.length > 0)
      toast(t("pictures.deleted", { count: done.length }), {
        action: {
          label: t("action.undo"),
          onClick: () => {
            outcome.back(done);
            show(client, done, () => ({ deleted_at: null }));
            void inChunks(done, 100, undelete).then(async (undone) => {
              if (!tell(undone, done.length)) await stale(client, () => true);
              await stale(client, (filters) => filters.bin ?? false);
            });
          },
        },
      });
    return outcome.failed.length === 0;
  };

  return {
    /** Into the bin, with an undo. */
    delete: deleted,
    /** Out of the bin. */
    restore: async (ids: Ids) => {
      const outcome = await takeOut(client, ids, undelete, { bin: true });
      const done = ids.filter((id) => !outcome.failed.includes(id));
      show(client, done, () => ({ deleted_at: null }));
      void stale(client, (filters) => !filters.bin);
      if (tell(outcome, ids.length)) toast.success(t("pictures.restored", { count: ids.length }));
      return outcome.failed.length === 0;
    },
    /** For good. */
    purge: async (ids: Ids) => {
      const outcome = await takeOut(
        client,
        ids,
        (some) => api.POST("/api/v1/assets/delete", { body: { asset_ids: some, forever: true } }),
        { bin: true },
      );
      if (tell(outcome, ids.length)) toast(t("pictures.purged", { count: ids.length }));
      return outcome.failed.length === 0;
    },
    /** 0 takes the rating away. */
    rate: async (ids: Ids, rating: number) =>
      tell(await change(client, ids, () => ({ rating }), patchEach({ rating }), 1), ids.length),
    rename: async (id: string, name: string) =>
      tell(await change(client, [id], () => ({ name }), patchEach({ name }), 1), 1),
    tag: async (ids: Ids, add: string[], remove: string[] = []) => {
      const after = (asset: Asset) => ({
        tags: [...new Set([...asset.tags.filter((tag) => !remove.includes(tag)), ...add])].sort(),
      });
      const outcome = await change(client, ids, after, (some) =>
        api.POST("/api/v1/assets/tag", { body: { asset_ids: some, add, remove } }),
      );
      void client.invalidateQueries({ queryKey: ["assets", "facets"] });
      return tell(outcome, ids.length);
    },
    /** Shares them with a team, or (null) with none. */
    share: async (ids: Ids, team_id: string | null) =>
      tell(await change(client, ids, () => ({ team_id }), patchEach({ team_id }), 1), ids.length),
    putOn: async (board: { id: string; name: string }, ids: Ids) => {
      const outcome = await inChunks(ids, 100, (some) =>
        api.POST("/api/v1/boards/{board_id}/assets", {
          params: { path: { board_id: board.id } },
          body: { asset_ids: some },
        }),
      );
      void stale(client, (filters) => filters.board === board.id);
      for (const id of ids) void client.invalidateQueries({ queryKey: ["assets", "one", id] });
      if (tell(outcome, ids.length))
        toast.success(t("pictures.onBoard", { count: ids.length, board: board.name }));
      return outcome.failed.length === 0;
    },
    takeOff: async (board: { id: string; name: string }, ids: Ids) => {
      const key = client
        .getQueryCache()
        .findAll({ queryKey: LISTS })
        .filter((query) => (query.queryKey[2] as { board?: string } | undefined)?.board === board.id);
      const before = key.map((query) => [query.queryKey, query.state.data as List | undefined] as const);
      const off = new Set(ids);
      for (const [queryKey, list] of before)
        if (list)
          client.setQueryData<List>(queryKey, {
            ...list,
            pages: list.pages.map((page) => ({
              ...page,
              items: page.items.filter((one) => !off.has(one.id)),
            })),
          });
      const outcome = await inChunks(ids, 1, ([id = ""]) =>
        api.DELETE("/api/v1/boards/{board_id}/assets/{asset_id}", {
          params: { path: { board_id: board.id, asset_id: id } },
        }),
      );
      for (const id of ids) void client.invalidateQueries({ queryKey: ["assets", "one", id] });
      if (tell(outcome, ids.length)) toast(t("pictures.offBoard", { count: ids.length, board: board.name }));
      else await stale(client, (filters) => filters.board === board.id);
      return outcome.failed.length === 0;
    },
  };
}

/** What can be done with assets: shown at once, taken back where it is refused, and said. */
export function useChanges() {
  const client = useQueryClient();
  return useMemo(() => changesOf(client), [client]);
}
export type Changes = ReturnType<typeof changesOf>;
