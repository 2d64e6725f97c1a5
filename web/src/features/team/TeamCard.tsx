import { EllipsisVertical, Pencil, Trash2, X } from "lucide-react";
import { useState } from "react";
import { $api } from "@/api/client";
import type { Team, TeamMember } from "@/api/schema.gen";
import { useMay, useSession } from "@/api/session";
import { IconButton } from "@/design/Button";
import { Confirm } from "@/design/Dialog";
import { Badge, Card } from "@/design/Layout";
import { Menu, type MenuEntry } from "@/design/Menu";
import { Failure, Skeleton } from "@/design/States";
import { toast } from "@/design/Toaster";
import { AddToTeam } from "@/features/team/AddToTeam";
import { MEMBERS, TEAMS, teamMembers, useChanged, useTeamMembers } from "@/features/team/queries";
import { TeamName } from "@/features/team/TeamName";
import { useT } from "@/i18n";

/** A team and who is in it; what one may not change is only shown. */
export function TeamCard({ team }: { team: Team }) {
  const t = useT();
  const me = useSession((session) => session.me?.id);
  const members = useTeamMembers(team.id);
  const all = useMay("team:manage");
  const mine = all || (members.data?.some((member) => member.user_id === me) ?? false);
  const mayUpdate = useMay("team:update") && mine;
  const mayDelete = useMay("team:delete") && mine;
  const changed = useChanged();
  const [renaming, setRenaming] = useState(false);
  const [sure, setSure] = useState(false);
  const remove = $api.useMutation("delete", "/api/v1/teams/{team_id}", {
    onSuccess: async () => {
      setSure(false);
      toast.success(t("team.teams.deleted", { name: team.name }));
      await changed([TEAMS, MEMBERS], true);
    },
  });
  const entries: MenuEntry[] = [
    ...(mayUpdate
      ? [
          {
            label: t("action.rename"),
            icon: <Pencil size={16} aria-hidden="true" />,
            onSelect: () => setRenaming(true),
          },
        ]
      : []),
    ...(mayDelete
      ? [
          {
            label: t("action.delete"),
            icon: <Trash2 size={16} aria-hidden="true" />,
            danger: true,
            onSelect: () => setSure(true),
          },
        ]
      : []),
  ];
  return (
    <Card
      title={team.name}
      aside={
        entries.length > 0 && (
          <Menu
            trigger={
              <IconButton label={t("team.teams.actions", { name: team.name })}>
                <EllipsisVertical size={18} aria-hidden="true" />
              </IconButton>
            }
            entries={entries}
          />
        )
      }
    >
      {members.error ? (
        <Failure error={members.error} onRetry={() => members.refetch()} />
      ) : !members.data ? (
        <Skeleton className="h-16" />
      ) : (
        <>
          {members.data.length === 0 ? (
            <p className="py-2 text-quiet">{t("team.teams.empty")}</p>
          ) : (
            <ul aria-label={t("team.teams.membersOf", { name: team.name })} className="divide-y divide-line">
              {members.data.map((member) => (
                <Row key={member.user_id} team={team} member={member} mayRemove={mayUpdate} />
              ))}
            </ul>
          )}
          {mayUpdate && <AddToTeam team={team} inside={members.data} />}
        </>
      )}
      {renaming && <TeamName team={team} onClose={() => setRenaming(false)} />}
      <Confirm
        open={sure}
        onOpenChange={setSure}
        title={t("team.teams.deleteSure", { name: team.name })}
        description={t("team.teams.deleteHelp")}
        action={t("action.delete")}
        busy={remove.isPending}
        onConfirm={() => remove.mutate({ params: { path: { team_id: team.id } } })}
      />
    </Card>
  );
}

function Row({ team, member, mayRemove }: { team: Team; member: TeamMember; mayRemove: boolean }) {
  const t = useT();
  const me = useSession((session) => session.me?.id);
  const changed = useChanged();
  const remove = $api.useMutation("delete", "/api/v1/teams/{team_id}/members/{user_id}", {
    onSuccess: () => changed([teamMembers(team.id), MEMBERS], member.user_id === me),
  });
  return (
    <li className="flex items-center gap-2 py-2">
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-center gap-2 font-medium">
          <span className="min-w-0 break-words">{member.name}</span>
          {member.user_id === me && <Badge tone="accent">{t("team.members.you")}</Badge>}
        </p>
        <p className="break-all text-sm text-quiet">{member.email}</p>
      </div>
      {mayRemove && (
        <IconButton
          label={t("team.teams.takeOut", { name: member.name, team: team.name })}
          disabled={remove.isPending}
          onClick={() => remove.mutate({ params: { path: { team_id: team.id, user_id: member.user_id } } })}
        >
          <X size={17} aria-hidden="true" />
        </IconButton>
      )}
    </li>
  );
}
