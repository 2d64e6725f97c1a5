import { FolderHeart, Plus, Users } from "lucide-react";
import { useState } from "react";
import { sentence } from "@/api/problem";
import type { Board } from "@/api/schema.gen";
import { Dialog } from "@/design/Dialog";
import { INPUT } from "@/design/Field";
import { Failure, Skeleton } from "@/design/States";
import { toast } from "@/design/Toaster";
import { useBoardChanges } from "@/features/gallery/boards/useBoardChanges";
import { useT } from "@/i18n";
import { useBoards } from "@/pictures/queries";

/** Asks for a board: one of those that there are, or a new one by its name. */
export function BoardPicker({
  open,
  onOpenChange,
  onPick,
}: {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  onPick: (board: Board) => void;
}) {
  const t = useT();
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={t("gallery.boards.add")}>
      {open && (
        <Picking
          onPick={(board) => {
            onOpenChange(false);
            onPick(board);
          }}
        />
      )}
    </Dialog>
  );
}

const ROW = "flex min-h-11 w-full items-center gap-2.5 rounded-control px-2.5 text-left hover:bg-hover";

function Picking({ onPick }: { onPick: (board: Board) => void }) {
  const t = useT();
  const boards = useBoards();
  const changes = useBoardChanges();
  const [words, setWords] = useState("");
  const name = words.trim();
  const found = boards.data?.filter((board) => board.name.toLowerCase().includes(name.toLowerCase())) ?? [];
  const make = async () => {
    try {
      const made = await changes.make(name);
      if (made) onPick(made);
    } catch (error) {
      toast.error(sentence(error));
    }
  };
  return (
    <form
      className="flex flex-col gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        if (found[0]) onPick(found[0]);
        else if (name) void make();
      }}
    >
      <input
        className={INPUT}
        aria-label={t("gallery.boards.find")}
        placeholder={t("gallery.boards.find")}
        value={words}
        maxLength={120}
        onChange={(event) => setWords(event.target.value)}
      />
      {boards.isPending && <Skeleton className="h-11" />}
      {boards.error && <Failure error={boards.error} onRetry={() => void boards.refetch()} />}
      <ul className="max-h-72 overflow-y-auto">
        {found.map((board) => (
          <li key={board.id}>
            <button type="button" className={ROW} onClick={() => onPick(board)}>
              {board.team_id ? (
                <Users size={17} aria-hidden="true" />
              ) : (
                <FolderHeart size={17} aria-hidden="true" />
              )}
              <span className="truncate">{board.name}</span>
            </button>
          </li>
        ))}
        {name && !found.some((board) => board.name.toLowerCase() === name.toLowerCase()) && (
          <li>
            <button type="button" className={`${ROW} text-accent-ink`} onClick={() => void make()}>
              <Plus size={17} aria-hidden="true" />
              <span className="truncate">{t("gallery.boards.makeNamed", { name })}</span>
            </button>
          </li>
        )}
      </ul>
      {boards.data?.length === 0 && !name && (
        <p className="px-1 text-sm text-quiet">{t("gallery.boards.typeName")}</p>
      )}
    </form>
  );
}
