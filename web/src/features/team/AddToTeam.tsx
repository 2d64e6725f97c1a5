import { $api } from "@/api/client";
import type { Team, TeamMember } from "@/api/schema.gen";
import { useSession } from "@/api/session";
import { Select } from "@/design/Select";
import { teamMembers, useChanged, useMembers } from "@/features/team/queries";
import { useT } from "@/i18n";

/** Puts a member of the organisation into a team. */
export function AddToTeam({ team, inside }: { team: Team; inside: TeamMember[] }) {
  const t = useT();
  const me = useSession((session) => session.me?.id);
  const changed = useChanged();
  const members = useMembers().data ?? [];
  const add = $api.useMutation("put", "/api/v1/teams/{team_id}/members/{user_id}", {
    onSuccess: (_answer, { params }) => changed([teamMembers(team.id)], params.path.user_id === me),
  });
  const known = new Set(inside.map((member) => member.user_id));
  const others = members.filter((member) => !known.has(member.user_id));
  if (others.length === 0) return null;
  return (
    <Select
      label={t("team.teams.addTo", { name: team.name })}
      className="mt-3"
      // Nothing stays chosen: the choice is the act.
      value=""
      placeholder={t("team.teams.add")}
      disabled={add.isPending}
      onChange={(user_id) => add.mutate({ params: { path: { team_id: team.id, user_id } } })}
      options={others.map((member) => ({
        value: member.user_id,
        label: member.name,
        note: member.email,
      }))}
    />
  );
}
