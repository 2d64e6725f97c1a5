import { useNavigate } from "@tanstack/react-router";
import {
  ArchiveRestore,
  CheckCheck,
  Columns2,
  Ellipsis,
  FileArchive,
  FolderMinus,
  FolderPlus,
  Star,
  Tag,
  Trash2,
  X,
} from "lucide-react";
import { useState } from "react";
import type { Asset, Board } from "@/api/schema.gen";
import { useMay } from "@/api/session";
import { IconButton } from "@/design/Button";
import { Confirm } from "@/design/Dialog";
import { Menu, type MenuEntry } from "@/design/Menu";
import { BoardPicker } from "@/features/gallery/boards/BoardPicker";
import { chooseAll, chooseNothing } from "@/features/gallery/grid/store";
import { TagDialog } from "@/features/gallery/TagDialog";
import { MOST, saveZip } from "@/features/gallery/zip";
import { useT } from "@/i18n";
import { useChanges } from "@/pictures/changes";

/** What can be done with what is chosen. */
export function Bulk({
  chosen,
  order,
  board,
  bin,
}: {
  chosen: Asset[];
  order: string[];
  /** The board that is looked at. */
  board: Board | undefined;
  bin: boolean;
}) {
  const t = useT();
  const navigate = useNavigate();
  const changes = useChanges();
  const mayChange = useMay("asset:update");
  const mayDelete = useMay("asset:delete");
  const [open, setOpen] = useState<"tags" | "board" | "purge" | null>(null);
  const ids = chosen.map((asset) => asset.id);
  const none = ids.length === 0;
  const close = (to: boolean) => !to && setOpen(null);
  const [a, b] = ids;

  const rest: MenuEntry[] = [
    {
      label: t("gallery.bulk.all"),
      icon: <CheckCheck size={16} aria-hidden="true" />,
      onSelect: () => chooseAll(order),
    },
    ...(bin
      ? []
      : ([
          {
            label: t("gallery.bulk.compare"),
            icon: <Columns2 size={16} aria-hidden="true" />,
            disabled: ids.length !== 2,
            ...(ids.length !== 2 && { note: t("gallery.bulk.compareNote") }),
            onSelect: () => void navigate({ to: "/gallery/compare", search: { a, b } as never }),
          },
          {
            label: t("gallery.bulk.zip"),
            icon: <FileArchive size={16} aria-hidden="true" />,
            disabled: none || ids.length > MOST,
            ...(ids.length > MOST && { note: t("gallery.zip.tooMany", { most: MOST }) }),
            onSelect: () => void saveZip(ids),
          },
          ...(board && mayChange
            ? [
                {
                  label: t("gallery.bulk.takeOff"),
                  icon: <FolderMinus size={16} aria-hidden="true" />,
                  disabled: none,
                  onSelect: () => void changes.takeOff(board, ids),
                },
              ]
            : []),
        ] satisfies MenuEntry[])),
  ];

  return (
    <div role="toolbar" aria-label={t("gallery.bulk.title")} className="flex w-full items-center gap-0.5">
      <IconButton label={t("gallery.bulk.end")} onClick={chooseNothing} className="size-10!">
        <X size={18} aria-hidden="true" />
      </IconButton>
      <p aria-live="polite" className="mr-auto truncate text-sm font-medium">
        {t("gallery.bulk.chosen", { count: ids.length })}
      </p>
      {!bin && mayChange && (
        <>
          <Menu
            trigger={
              <IconButton label={t("gallery.bulk.rate")} disabled={none} className="size-10!">
                <Star size={18} aria-hidden="true" />
              </IconButton>
            }
            entries={[5, 4, 3, 2, 1, 0].map((rating) => ({
              label: rating ? t("gallery.stars", { count: rating }) : t("gallery.bulk.noRating"),
              icon: (
                <span aria-hidden="true" className="w-20 text-accent-ink">
                  {"★".repeat(rating) || "–"}
                </span>
              ),
              onSelect: () => void changes.rate(ids, rating),
            }))}
          />
          <IconButton
            label={t("gallery.bulk.tag")}
            disabled={none}
            onClick={() => setOpen("tags")}
            className="size-10!"
          >
            <Tag size={18} aria-hidden="true" />
          </IconButton>
          <IconButton
            label={t("gallery.boards.add")}
            disabled={none}
            onClick={() => setOpen("board")}
            className="size-10!"
          >
            <FolderPlus size={18} aria-hidden="true" />
          </IconButton>
        </>
      )}
      {bin && mayDelete && (
        <IconButton
          label={t("gallery.bin.restore")}
          disabled={none}
          onClick={() => void changes.restore(ids)}
          className="size-10!"
        >
          <ArchiveRestore size={18} aria-hidden="true" />
        </IconButton>
      )}
      {mayDelete && (
        <IconButton
          label={bin ? t("gallery.bin.purge") : t("action.delete")}
          disabled={none}
          className="size-10!"
          onClick={() => (bin ? setOpen("purge") : void changes.delete(ids))}
        >
          <Trash2 size={18} aria-hidden="true" />
        </IconButton>
      )}
      <Menu
        trigger={
          <IconButton label={t("action.more")} className="size-10!">
            <Ellipsis size={18} aria-hidden="true" />
          </IconButton>
        }
        entries={rest}
      />
      <TagDialog assets={chosen} open={open === "tags"} onOpenChange={close} />
      <BoardPicker
        open={open === "board"}
        onOpenChange={close}
        onPick={(to) => void changes.putOn(to, ids)}
      />
      <Confirm
        open={open === "purge"}
        onOpenChange={close}
        title={t("gallery.bin.purgeTitle", { count: ids.length })}
        description={t("gallery.bin.purgeHelp")}
        action={t("gallery.bin.purge")}
        onConfirm={() => {
          setOpen(null);
          void changes.purge(ids);
        }}
      />
    </div>
  );
}
