import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "@/api/client";
import type { Team } from "@/api/schema.gen";
import { Button } from "@/design/Button";
import { Dialog } from "@/design/Dialog";
import { TextField } from "@/design/Field";
import { Failure } from "@/design/States";
import { TEAMS, useChanged } from "@/features/team/queries";
import { useT } from "@/i18n";

/** Makes a team, or gives `team` another name. */
export function TeamName({ team, onClose }: { team?: Team; onClose: () => void }) {
  const t = useT();
  const changed = useChanged();
  const [name, setName] = useState(team?.name ?? "");
  const [tried, setTried] = useState(false);
  const save = useMutation({
    meta: { quiet: true },
    mutationFn: (name: string) =>
      team
        ? api.PATCH("/api/v1/teams/{team_id}", { params: { path: { team_id: team.id } }, body: { name } })
        : api.POST("/api/v1/teams", { body: { name } }),
    onSuccess: async () => {
      // One is in what one makes.
      await changed([TEAMS], true);
      onClose();
    },
  });
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={team ? t("team.teams.rename", { name: team.name }) : t("team.teams.make")}
    >
      <form
        noValidate
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          setTried(true);
          if (name.trim()) save.mutate(name.trim());
        }}
      >
        <TextField
          label={t("team.teams.name")}
          autoFocus
          value={name}
          onChange={setName}
          maxLength={200}
          autoComplete="off"
          error={tried && !name.trim() ? t("team.teams.nameMissing") : undefined}
        />
        {save.error && <Failure error={save.error} />}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>{t("action.cancel")}</Button>
          <Button kind="primary" type="submit" busy={save.isPending}>
            {team ? t("action.save") : t("action.create")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
