import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { ArrowLeft, ChevronLeft, ChevronRight } from "lucide-react";
import { useCallback, useEffect } from "react";
import { usePreferences } from "@/api/preferences";
import { ApiProblem } from "@/api/problem";
import type { AssetDetails } from "@/api/schema.gen";
import { useMay } from "@/api/session";
import { Button, IconButton } from "@/design/Button";
import { Guard } from "@/design/Guard";
import { Empty, Failure, Skeleton } from "@/design/States";
import { activate } from "@/features/gallery/grid/store";
import { Actions } from "@/features/gallery/picture/Actions";
import { Facts } from "@/features/gallery/picture/Facts";
import { FamilyTree } from "@/features/gallery/picture/FamilyTree";
import { Rename } from "@/features/gallery/picture/Name";
import { Sorting } from "@/features/gallery/picture/Sorting";
import { useNeighbours } from "@/features/gallery/picture/useNeighbours";
import { useFilters } from "@/features/gallery/useFilters";
import { useT } from "@/i18n";
import { useShortcutList } from "@/lib/shortcuts";
import { useTitle } from "@/lib/title";
import { useChanges } from "@/pictures/changes";
import { useAsset } from "@/pictures/queries";
import { titleOf } from "@/pictures/urls";
import { useOwn } from "@/pictures/useOwn";
import { Viewer } from "@/pictures/Viewer";

/** One picture: large, with all that is known of it and all that can be done with it. */
export function Picture() {
  const t = useT();
  const { assetId = "" } = useParams({ strict: false });
  return (
    <Guard permission="asset:read" title={t("gallery.picture")}>
      <Room id={assetId} />
    </Guard>
  );
}

/** Keys of the page are for the page: not for what is typed, nor for a dialog over it. */
const typed = (target: EventTarget | null) =>
  target instanceof Element &&
  target.closest("input, textarea, select, [contenteditable], [role=dialog], [role=menu], [role=listbox]") !==
    null;

function Room({ id }: { id: string }) {
  const t = useT();
  const navigate = useNavigate();
  const { filters } = useFilters();
  const { before, after } = useNeighbours(id, filters);
  const asset = useAsset(id);
  const changes = useChanges();
  const { singleKeys = true } = usePreferences();
  const own = useOwn(asset.data ?? { user_id: "" });
  const mayChange = useMay("asset:update") && own;
  const mayDelete = useMay("asset:delete") && own;
  const go = useCallback(
    (to: string | undefined) =>
      to &&
      void navigate({
        to: "/gallery/$assetId",
        params: { assetId: to },
        search: filters as never,
        replace: true,
        resetScroll: false,
      }),
    [navigate, filters],
  );
  const back = useCallback(
    () => void navigate({ to: "/gallery", search: filters as never }),
    [navigate, filters],
  );
  const remove = useCallback(() => {
    const next = after ?? before;
    void changes.delete([id]);
    if (next) go(next);
    else back();
  }, [after, before, changes, id, go, back]);
  // The keyboard is at this picture when one comes back to the grid.
  useEffect(() => activate(id), [id]);

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || typed(event.target))
        return;
      if (event.key === "ArrowLeft") go(before);
      else if (event.key === "ArrowRight") go(after);
      else if (event.key === "Escape") back();
      else if (event.key === "Delete" && mayDelete) remove();
      else if (/^[1-5]$/.test(event.key) && mayChange && singleKeys)
        void changes.rate([id], Number(event.key));
      else return;
      event.preventDefault();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [id, before, after, go, back, remove, changes, mayChange, mayDelete, singleKeys]);

  useShortcutList(t("gallery.picture"), [
    { keys: "arrowleft", does: t("gallery.before") },
    { keys: "arrowright", does: t("gallery.after") },
    { keys: "1", does: t("gallery.keys.rate") },
    { keys: "delete", does: t("action.delete") },
    { keys: "escape", does: t("gallery.back") },
  ]);

  const shown = asset.data;
  useTitle(shown ? titleOf(shown) : t("gallery.picture"));
  return (
    <div className="px-4 py-4 sm:px-6">
      <header className="mb-3 flex min-h-10 items-center gap-1">
        <IconButton label={t("gallery.back")} onClick={back} className="-ml-2">
          <ArrowLeft size={20} aria-hidden="true" />
        </IconButton>
        <h1 className="min-w-0 truncate text-lg font-semibold">
          {shown ? titleOf(shown) : t("gallery.picture")}
        </h1>
        {shown && mayChange && <Rename key={shown.id} asset={shown} />}
        <div className="ml-auto flex">
          <IconButton
            label={t("gallery.before")}
            aria-keyshortcuts="ArrowLeft"
            disabled={!before}
            className="size-10!"
            onClick={() => go(before)}
          >
            <ChevronLeft size={20} aria-hidden="true" />
          </IconButton>
          <IconButton
            label={t("gallery.after")}
            aria-keyshortcuts="ArrowRight"
            disabled={!after}
            className="size-10!"
            onClick={() => go(after)}
          >
            <ChevronRight size={20} aria-hidden="true" />
          </IconButton>
        </div>
      </header>
      {asset.error ? (
        <Lost error={asset.error} onRetry={() => void asset.refetch()} />
      ) : (
        <div className="grid gap-5 lg:grid-cols-[minmax(0,1fr)_24rem] lg:grid-rows-[auto_1fr]">
          {shown ? <Shown asset={shown} onDelete={remove} /> : <Coming />}
        </div>
      )}
    </div>
  );
}

/** On a phone no higher than a picture can fill that is as wide as the screen. */
const STAGE = "h-[56dvh] max-h-[133vw] sm:h-[68dvh] sm:max-h-none";

function Shown({ asset, onDelete }: { asset: AssetDetails; onDelete: () => void }) {
  return (
    <>
      <Viewer asset={asset} className={STAGE} />
      <div className="flex min-w-0 flex-col gap-5 lg:col-start-2 lg:row-span-2 lg:row-start-1">
        <Actions key={asset.id} asset={asset} onDelete={onDelete} />
        <Sorting key={`${asset.id} sorting`} asset={asset} />
        <Facts asset={asset} />
      </div>
      <div className="min-w-0">
        <FamilyTree asset={asset} />
      </div>
    </>
  );
}

function Coming() {
  return (
    <>
      <Skeleton className={STAGE} />
      <div className="flex flex-col gap-5">
        <Skeleton className="h-48" />
        <Skeleton className="h-64" />
      </div>
    </>
  );
}

function Lost({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const t = useT();
  if (!(error instanceof ApiProblem && error.status === 404))
    return <Failure error={error} onRetry={onRetry} />;
  return (
    <Empty
      title={t("gallery.lost.title")}
      action={
        <div className="flex flex-wrap justify-center gap-2">
          <Button asChild kind="primary">
            <Link to="/gallery">{t("gallery.back")}</Link>
          </Button>
          <Button asChild>
            <Link to="/gallery" search={{ bin: true } as never}>
              {t("gallery.lost.bin")}
            </Link>
          </Button>
        </div>
      }
    >
      {t("gallery.lost.help")}
    </Empty>
  );
}
