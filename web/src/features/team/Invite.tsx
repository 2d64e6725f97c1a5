import { useState } from "react";
import { $api } from "@/api/client";
import { useMay, useSession } from "@/api/session";
import { Button } from "@/design/Button";
import { Dialog } from "@/design/Dialog";
import { Field, TextField } from "@/design/Field";
import { Select } from "@/design/Select";
import { Failure } from "@/design/States";
import { toast } from "@/design/Toaster";
import { givable } from "@/features/team/givable";
import { INVITATIONS, useChanged, useManagedTeams, useRoles } from "@/features/team/queries";
import { useT } from "@/i18n";
import { roleName, roleNote } from "@/lib/roles";

const NONE = "none";
const ADDRESS = /^[^@\s]+@[^@\s]+$/;

/** Invites an address by mail. The link goes there and nowhere else: it proves whose address it is. */
export function Invite({ onClose }: { onClose: () => void }) {
  const t = useT();
  const me = useSession((session) => session.me);
  const everyTeam = useMay("team:manage");
  const roles = givable(useRoles().data ?? [], me?.permissions ?? []);
  const teams = useManagedTeams();
  const changed = useChanged();
  const [email, setEmail] = useState("");
  const [role, setRole] = useState("user");
  const [team, setTeam] = useState<string | undefined>(everyTeam ? NONE : (me?.team_id ?? undefined));
  const [tried, setTried] = useState(false);
  const invite = $api.useMutation("post", "/api/v1/invitations", {
    meta: { quiet: true },
    onSuccess: async (made) => {
      toast.success(t("team.invite.sent", { email: made.email }));
      await changed([INVITATIONS]);
      onClose();
    },
  });
  const wrong = !ADDRESS.test(email.trim());
  return (
    <Dialog open onOpenChange={onClose} title={t("team.invite.title")} description={t("team.invite.about")}>
      <form
        noValidate
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          setTried(true);
          if (wrong || !team) return;
          invite.mutate({ body: { email: email.trim(), role, team_id: team === NONE ? null : team } });
        }}
      >
        <TextField
          label={t("team.invite.email")}
          autoFocus
          type="email"
          autoComplete="off"
          inputMode="email"
          value={email}
          onChange={setEmail}
          error={tried && wrong ? t("team.invite.emailWrong") : undefined}
        />
        <Field label={t("team.members.role")} note={roleNote(role)}>
          {(ids) => (
            <Select
              ids={ids}
              value={role}
              onChange={setRole}
              options={roles.map((one) => ({
                value: one.name,
                label: roleName(one.name),
                note: roleNote(one.name),
              }))}
            />
          )}
        </Field>
        {(teams.length > 0 || !everyTeam) && (
          <Field
            label={t("team.members.team")}
            note={everyTeam ? undefined : t("team.invite.ownTeams")}
            error={tried && !team ? t("team.invite.teamMissing") : undefined}
          >
            {(ids) => (
              <Select
                ids={ids}
                value={team}
                onChange={setTeam}
                placeholder={t("team.invite.chooseTeam")}
                options={[
                  ...(everyTeam ? [{ value: NONE, label: t("team.members.noTeam") }] : []),
                  ...teams.map((one) => ({ value: one.id, label: one.name })),
                ]}
              />
            )}
          </Field>
        )}
        {invite.error && <Failure error={invite.error} />}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>{t("action.cancel")}</Button>
          <Button kind="primary" type="submit" busy={invite.isPending}>
            {t("team.invite.send")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
