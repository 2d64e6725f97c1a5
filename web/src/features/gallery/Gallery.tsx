import { useNavigate, useRouter } from "@tanstack/react-router";
import { FolderOpen, Upload } from "lucide-react";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useMay } from "@/api/session";
import { Button } from "@/design/Button";
import { Dialog } from "@/design/Dialog";
import { Guard } from "@/design/Guard";
import { Page } from "@/design/Layout";
import { Failure } from "@/design/States";
import { BinPreview } from "@/features/gallery/BinPreview";
import { Bulk } from "@/features/gallery/Bulk";
import { beginDrag } from "@/features/gallery/boards/dragging";
import { Places } from "@/features/gallery/boards/Places";
import { Grid, type GridActs } from "@/features/gallery/grid/Grid";
import { beginChoosing, enter, keepAmong, useGrid } from "@/features/gallery/grid/store";
import { NothingHere } from "@/features/gallery/NothingHere";
import { SearchBar } from "@/features/gallery/SearchBar";
import { Coming, Summary } from "@/features/gallery/Summary";
import { UploadPanel } from "@/features/gallery/UploadPanel";
import { placeOf, useFilters } from "@/features/gallery/useFilters";
import { useFresh } from "@/features/gallery/useFresh";
import { useIncoming } from "@/features/gallery/useIncoming";
import { useT } from "@/i18n";
import { useShortcutList } from "@/lib/shortcuts";
import { flat } from "@/pictures/cache";
import { useChanges } from "@/pictures/changes";
import { ACCEPT } from "@/pictures/PickPicture";
import { useAssets, useBoards } from "@/pictures/queries";
import { send } from "@/pictures/uploads";

/** All pictures, or those of a board, or the bin: found, chosen, sorted. */
export function Gallery() {
  const t = useT();
  return (
    <Guard permission="asset:read" title={t("gallery.title")}>
      <Room />
    </Guard>
  );
}

function Room() {
  const t = useT();
  const navigate = useNavigate();
  const router = useRouter();
  const { filters, change } = useFilters();
  const list = useAssets(filters);
  const assets = useMemo(() => flat(list.data), [list.data]);
  const order = useMemo(() => assets.map((asset) => asset.id), [assets]);
  const boards = useBoards();
  const board = boards.data?.find((one) => one.id === filters.board);
  const bin = filters.bin ?? false;
  const refresh = useFresh(filters);
  const changes = useChanges();
  const mayUpload = useMay("asset:create") && !bin;
  const mayChange = useMay("asset:update") && !bin;
  const mayRestore = useMay("asset:delete");
  const mayDelete = mayRestore && !bin;
  const [places, setPlaces] = useState(false);
  /** In the bin: the picture that is looked at. */
  const [looked, setLooked] = useState<string>();
  const input = useRef<HTMLInputElement>(null);

  const selection = useGrid((state) => state.selection);
  const choosing = useGrid((state) => state.choosing);
  const chosen = useMemo(() => assets.filter((asset) => selection.ids.has(asset.id)), [assets, selection]);
  useEffect(() => {
    if (list.isSuccess) keepAmong(order);
  }, [list.isSuccess, order]);
  useEffect(() => enter(`${filters.board ?? ""}/${bin}`), [filters.board, bin]);

  const take = useCallback(
    async (files: File[]) => {
      const taken = await send(files);
      if (board && taken.length > 0)
        await changes.putOn(
          board,
          taken.map((asset) => asset.id),
        );
      if (taken.length > 0) refresh();
    },
    [board, changes, refresh],
  );
  const over = useIncoming(mayUpload ? (files) => void take(files) : undefined);

  const acts = useMemo<GridActs>(() => {
    const to = (id: string) => ({
      to: "/gallery/$assetId" as const,
      params: { assetId: id },
      search: filters as never,
    });
    // What is chosen, where this picture is among it; else this picture alone.
    const meant = (id: string) => {
      const { ids } = useGrid.getState().selection;
      return ids.has(id) ? [...ids] : [id];
    };
    return {
      open: (id) => (bin ? setLooked(id) : void navigate(to(id))),
      href: (id) => router.buildLocation(to(id)).href,
      key: (event, id) => {
        if (event.ctrlKey || event.metaKey) return false;
        if (/^[0-5]$/.test(event.key) && mayChange) void changes.rate(meant(id), Number(event.key));
        else if (event.key === "Delete" && mayDelete) void changes.delete(meant(id));
        else return false;
        return true;
      },
      drag: (event, id) => {
        const ids = meant(id);
        beginDrag(event, ids, t("gallery.count", { count: ids.length }));
      },
    };
  }, [filters, navigate, router, changes, mayChange, mayDelete, bin, t]);
  const looking = assets.find((asset) => asset.id === looked);

  useShortcutList(t("gallery.title"), [
    { keys: "space", does: t("gallery.keys.choose") },
    { keys: "shift+space", does: t("gallery.keys.range") },
    { keys: "mod+a", does: t("gallery.keys.all") },
    { keys: "enter", does: t("gallery.keys.open") },
    { keys: "1", does: t("gallery.keys.rate") },
    { keys: "delete", does: t("action.delete") },
  ]);
  const title = bin ? t("gallery.bin.title") : (board?.name ?? t("gallery.title"));
  const empty = list.isSuccess && assets.length === 0;
  const onMore = useCallback(() => {
    if (!list.isFetchingNextPage && !list.isFetchNextPageError) void list.fetchNextPage();
  }, [list.isFetchingNextPage, list.isFetchNextPageError, list.fetchNextPage]);

  return (
    <Page
      wide
      title={title}
      {...(bin && { description: t("gallery.bin.help") })}
      actions={
        <>
          <Button className="lg:hidden" onClick={() => setPlaces(true)}>
            <FolderOpen size={18} aria-hidden="true" />
            {t("gallery.boards.title")}
          </Button>
          {mayUpload && (
            <Button kind="primary" onClick={() => input.current?.click()}>
              <Upload size={18} aria-hidden="true" />
              {t("gallery.upload.button")}
            </Button>
          )}
        </>
      }
    >
      <input
        ref={input}
        type="file"
        multiple
        accept={ACCEPT}
        className="hidden"
        aria-hidden="true"
        tabIndex={-1}
        onChange={(event) => {
          void take([...(event.target.files ?? [])]);
          event.target.value = "";
        }}
      />
      <div className="lg:grid lg:grid-cols-[13rem_minmax(0,1fr)] lg:gap-6">
        <aside className="hidden lg:block">
          <div className="sticky top-[calc(var(--bar-top)+1.5rem)] max-h-[calc(100dvh-var(--bar-top)-3rem)] overflow-y-auto pb-4 pl-0.5">
            <Places filters={filters} />
          </div>
        </aside>
        <div className="min-w-0">
          <SearchBar filters={filters} onChange={change} />
          {/* What can be done stands where the summary stood: nothing moves. */}
          <div className="sticky top-(--bar-top) z-10 -mx-1 mb-2 flex min-h-12 items-center bg-ground px-1">
            {choosing ? (
              <Bulk chosen={chosen} order={order} board={board} bin={bin} />
            ) : (
              <Summary
                count={assets.length}
                more={list.hasNextPage}
                pending={!list.data}
                onChoose={beginChoosing}
              />
            )}
          </div>
          {list.error && !list.isFetchNextPageError ? (
            <Failure error={list.error} onRetry={() => void list.refetch()} />
          ) : list.isPending ? (
            <Coming />
          ) : empty ? (
            <NothingHere
              filters={filters}
              onClear={() => void navigate({ to: "/gallery", search: placeOf(filters) as never })}
              {...(mayUpload && { onUpload: () => input.current?.click() })}
            />
          ) : (
            <Grid
              assets={assets}
              more={list.hasNextPage}
              onMore={onMore}
              label={title}
              draggable={mayChange}
              acts={acts}
            />
          )}
          {list.isFetchNextPageError && (
            <Failure error={list.error} onRetry={() => void list.fetchNextPage()} />
          )}
        </div>
      </div>
      <Dialog open={places} onOpenChange={setPlaces} title={t("gallery.places")}>
        {places && <Places filters={filters} onGo={() => setPlaces(false)} />}
      </Dialog>
      <UploadPanel />
      {looking && bin && (
        <BinPreview asset={looking} mayRestore={mayRestore} onClose={() => setLooked(undefined)} />
      )}
      {over && (
        <div className="pointer-events-none fixed inset-3 z-30 grid place-items-center rounded-card border-2 border-dashed border-accent bg-ground/85 text-lg font-semibold text-accent-ink">
          {board ? t("gallery.upload.dropOn", { board: board.name }) : t("gallery.upload.drop")}
        </div>
      )}
    </Page>
  );
}
