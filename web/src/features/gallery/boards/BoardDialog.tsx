import { useState } from "react";
import { $api } from "@/api/client";
import { ApiProblem, sentence } from "@/api/problem";
import type { Board } from "@/api/schema.gen";
import { Button } from "@/design/Button";
import { Dialog } from "@/design/Dialog";
import { Field, TextField } from "@/design/Field";
import { Select } from "@/design/Select";
import { useBoardChanges } from "@/features/gallery/boards/useBoardChanges";
import { useT } from "@/i18n";

const NOBODY = "nobody";

/** Makes a board, or changes the name and team of one. */
export function BoardDialog({
  board,
  open,
  onOpenChange,
  onMade,
}: {
  /** Undefined: a new one. */
  board?: Board | undefined;
  open: boolean;
  onOpenChange: (open: boolean) => void;
  onMade?: (board: Board) => void;
}) {
  const t = useT();
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title={board ? t("gallery.boards.change") : t("gallery.boards.new")}
      description={t("gallery.boards.help")}
    >
      {open && (
        <Form
          board={board}
          onDone={(made) => {
            onOpenChange(false);
            if (made) onMade?.(made);
          }}
        />
      )}
    </Dialog>
  );
}

function Form({ board, onDone }: { board?: Board | undefined; onDone: (made?: Board) => void }) {
  const t = useT();
  const changes = useBoardChanges();
  const teams = $api.useQuery("get", "/api/v1/teams", { params: { query: { limit: 100 } } });
  const [name, setName] = useState(board?.name ?? "");
  const [team, setTeam] = useState(board?.team_id ?? NOBODY);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>();

  const save = async () => {
    const kept = name.trim();
    if (!kept) return setProblem(new Error(t("gallery.boards.nameless")));
    const team_id = team === NOBODY ? null : team;
    setBusy(true);
    try {
      if (board) {
        await changes.change(board.id, { name: kept, team_id });
        onDone();
      } else onDone(await changes.make(kept, team_id));
    } catch (error) {
      setProblem(error);
      setBusy(false);
    }
  };
  const why = problem === undefined ? undefined : sentence(problem);
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <TextField
        label={t("gallery.boards.name")}
        value={name}
        onChange={setName}
        maxLength={120}
        autoFocus
        error={problem instanceof ApiProblem ? (problem.fields.name ?? why) : why}
      />
      {teams.data && teams.data.items.length > 0 && (
        <Field label={t("gallery.boards.team")} note={t("gallery.boards.teamNote")}>
          {(ids) => (
            <Select
              ids={ids}
              value={team}
              onChange={setTeam}
              options={[
                { value: NOBODY, label: t("gallery.boards.onlyMe") },
                ...teams.data.items.map((one) => ({ value: one.id, label: one.name })),
              ]}
            />
          )}
        </Field>
      )}
      <Button type="submit" kind="primary" busy={busy}>
        {board ? t("action.save") : t("gallery.boards.make")}
      </Button>
    </form>
  );
}
