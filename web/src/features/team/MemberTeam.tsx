import { $api } from "@/api/client";
import type { Member } from "@/api/schema.gen";
import { useMay, useSession } from "@/api/session";
import { Select } from "@/design/Select";
import { toast } from "@/design/Toaster";
import { mayTouch } from "@/features/team/givable";
import { MEMBERS, TEAMS, useChanged, useRoles, useTeams } from "@/features/team/queries";
import { useT } from "@/i18n";

const NONE = "none";

/** The team that a member works in at first; where one may, a choice of others. */
export function MemberTeam({ member }: { member: Member }) {
  const t = useT();
  const me = useSession((session) => session.me);
  const teams = useTeams().data ?? [];
  const roles = useRoles().data ?? [];
  const may = useMay("member:update");
  const changed = useChanged();
  const change = $api.useMutation("patch", "/api/v1/members/{user_id}", {
    onSuccess: async (now) => {
      toast.success(t("team.members.teamChanged", { name: now.name }));
      await changed([MEMBERS, TEAMS], now.user_id === me?.id);
    },
  });
  const name = teams.find((team) => team.id === member.team_id)?.name;
  if (!may || teams.length === 0 || !mayTouch(member.role, roles, me?.permissions ?? []))
    return <span className={name ? "" : "text-quiet"}>{name ?? t("team.members.noTeam")}</span>;
  const value = change.isPending ? change.variables.body.team_id : member.team_id;
  return (
    <Select
      label={t("team.members.teamOf", { name: member.name })}
      className="h-9! w-40! max-w-full"
      value={value ?? NONE}
      disabled={change.isPending}
      onChange={(next) => {
        const team_id = next === NONE ? null : next;
        if (team_id !== member.team_id)
          change.mutate({ params: { path: { user_id: member.user_id } }, body: { team_id } });
      }}
      options={[
        { value: NONE, label: t("team.members.noTeam") },
        ...teams.map((team) => ({ value: team.id, label: team.name })),
      ]}
    />
  );
}
