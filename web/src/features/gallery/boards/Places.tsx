import { Link, useNavigate } from "@tanstack/react-router";
import { Ellipsis, FolderHeart, Images, Pencil, Plus, Trash2, Users } from "lucide-react";
import { type ReactNode, useState } from "react";
import { sentence } from "@/api/problem";
import type { Board } from "@/api/schema.gen";
import { useMay, useSession } from "@/api/session";
import { IconButton } from "@/design/Button";
import { cx } from "@/design/cx";
import { Confirm } from "@/design/Dialog";
import { Menu } from "@/design/Menu";
import { Failure, Skeleton } from "@/design/States";
import { toast } from "@/design/Toaster";
import { BoardDialog } from "@/features/gallery/boards/BoardDialog";
import { useDrop } from "@/features/gallery/boards/dragging";
import { useBoardChanges } from "@/features/gallery/boards/useBoardChanges";
import { useT } from "@/i18n";
import { useChanges } from "@/pictures/changes";
import type { Filters } from "@/pictures/filters";
import { useBoards } from "@/pictures/queries";

/** All pictures, boards and the bin. Pictures can be dropped on boards and on the bin. */
export function Places({
  filters,
  onGo,
}: {
  filters: Filters;
  /** A place was gone to (or made): the sheet that this stands in may close. */
  onGo?: (board?: Board) => void;
}) {
  const t = useT();
  const changes = useChanges();
  const may = useMay("asset:update");
  const mayDelete = useMay("asset:delete");
  const boards = useBoards();
  const [making, setMaking] = useState(false);
  const bin = useDrop(mayDelete ? (ids) => void changes.delete(ids) : undefined);
  const go = () => onGo?.();
  return (
    <nav aria-label={t("gallery.places")} className="flex flex-col gap-0.5 text-sm">
      <Place search={{}} current={!filters.board && !filters.bin} onClick={go} icon={<Images size={17} />}>
        {t("gallery.all")}
      </Place>
      <div {...bin.handlers}>
        <Place
          search={{ bin: true }}
          current={filters.bin ?? false}
          over={bin.over}
          onClick={go}
          icon={<Trash2 size={17} />}
        >
          {t("gallery.bin.title")}
        </Place>
      </div>
      <div className="mt-4 flex h-9 items-center justify-between pl-2.5">
        <h2 className="font-medium text-quiet">{t("gallery.boards.title")}</h2>
        {may && (
          <IconButton label={t("gallery.boards.new")} onClick={() => setMaking(true)}>
            <Plus size={17} aria-hidden="true" />
          </IconButton>
        )}
      </div>
      {boards.isPending && <Skeleton className="mx-2.5 h-6" />}
      {boards.error && <Failure error={boards.error} onRetry={() => void boards.refetch()} />}
      {boards.data?.length === 0 && (
        <p className="px-2.5 text-quiet">{may ? t("gallery.boards.none") : t("gallery.boards.noneYet")}</p>
      )}
      {boards.data?.map((board) => (
        <BoardPlace key={board.id} board={board} current={filters.board === board.id} onClick={go} />
      ))}
      <BoardDialog open={making} onOpenChange={setMaking} onMade={(board) => onGo?.(board)} />
    </nav>
  );
}

function BoardPlace({ board, current, onClick }: { board: Board; current: boolean; onClick: () => void }) {
  const t = useT();
  const changes = useChanges();
  const boards = useBoardChanges();
  const me = useSession((session) => session.me?.id);
  const manages = useMay("asset:manage");
  const may = useMay("asset:update");
  const navigate = useNavigate();
  const [open, setOpen] = useState<"change" | "remove" | null>(null);
  const drop = useDrop(may ? (ids) => void changes.putOn(board, ids) : undefined);
  const own = may && (board.user_id === me || manages);
  const remove = async () => {
    setOpen(null);
    try {
      await boards.remove(board.id);
      toast(t("gallery.boards.removed", { name: board.name }));
      if (current) await navigate({ to: "/gallery", replace: true });
    } catch (error) {
      toast.error(sentence(error));
    }
  };
  return (
    <div {...drop.handlers} className="flex items-center">
      <Place
        search={{ board: board.id }}
        current={current}
        over={drop.over}
        onClick={onClick}
        icon={board.team_id ? <Users size={17} /> : <FolderHeart size={17} />}
      >
        {board.name}
      </Place>
      {own && (
        <Menu
          trigger={
            <IconButton label={t("gallery.boards.menu", { name: board.name })}>
              <Ellipsis size={16} aria-hidden="true" />
            </IconButton>
          }
          entries={[
            {
              label: t("gallery.boards.change"),
              icon: <Pencil size={15} aria-hidden="true" />,
              onSelect: () => setOpen("change"),
            },
            {
              label: t("gallery.boards.remove"),
              icon: <Trash2 size={15} aria-hidden="true" />,
              onSelect: () => setOpen("remove"),
              danger: true,
            },
          ]}
        />
      )}
      <BoardDialog
        board={board}
        open={open === "change"}
        onOpenChange={(to) => setOpen(to ? "change" : null)}
      />
      <Confirm
        open={open === "remove"}
        onOpenChange={(to) => setOpen(to ? "remove" : null)}
        title={t("gallery.boards.removeTitle", { name: board.name })}
        description={t("gallery.boards.removeHelp")}
        action={t("gallery.boards.remove")}
        onConfirm={() => void remove()}
      />
    </div>
  );
}

function Place({
  search,
  current,
  over = false,
  icon,
  onClick,
  children,
}: {
  search: Filters;
  current: boolean;
  over?: boolean;
  icon: ReactNode;
  onClick: () => void;
  children: ReactNode;
}) {
  return (
    <Link
      to="/gallery"
      search={search as never}
      aria-current={current ? "page" : undefined}
      onClick={onClick}
      className={cx(
        "flex min-h-10 min-w-0 flex-1 items-center gap-2.5 rounded-control px-2.5 sm:min-h-9",
        current ? "bg-accent-soft font-medium text-accent-ink" : "hover:bg-hover",
        over && "outline-2 outline-accent",
      )}
    >
      <span aria-hidden="true" className="shrink-0">
        {icon}
      </span>
      <span className="truncate" title={typeof children === "string" ? children : undefined}>
        {children}
      </span>
    </Link>
  );
}
