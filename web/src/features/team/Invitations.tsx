import { $api } from "@/api/client";
import type { Invitation } from "@/api/schema.gen";
import { useMay } from "@/api/session";
import { Button } from "@/design/Button";
import { Card, Table } from "@/design/Layout";
import { Moment } from "@/design/Moment";
import { Failure, Skeleton } from "@/design/States";
import { toast } from "@/design/Toaster";
import { INVITATIONS, useChanged, useInvitations, useMembers, useTeams } from "@/features/team/queries";
import { useT } from "@/i18n";
import { roleName } from "@/lib/roles";

/** Open invitations: sent again, or taken back. */
export function Invitations() {
  const t = useT();
  const invitations = useInvitations();
  const members = useMembers().data ?? [];
  const teams = useTeams().data ?? [];
  return (
    <Card title={t("team.invitations.title")}>
      {invitations.error ? (
        <Failure error={invitations.error} onRetry={() => invitations.refetch()} />
      ) : !invitations.data ? (
        <Skeleton className="h-10" />
      ) : invitations.data.length === 0 ? (
        <p className="text-quiet">{t("team.invitations.none")}</p>
      ) : (
        <Table
          label={t("team.invitations.title")}
          rows={invitations.data}
          id={(one) => one.id}
          columns={[
            {
              name: t("team.members.person"),
              cell: (one) => <span className="break-all font-medium">{one.email}</span>,
            },
            { name: t("team.members.role"), cell: (one) => roleName(one.role) },
            {
              name: t("team.members.team"),
              cell: (one) => teams.find((team) => team.id === one.team_id)?.name ?? t("team.members.noTeam"),
            },
            {
              name: t("team.invitations.by"),
              cell: (one) =>
                members.find((member) => member.user_id === one.invited_by)?.name ??
                t("team.invitations.gone"),
            },
            { name: t("team.invitations.ends"), cell: (one) => <Moment at={one.expires_at} /> },
            { name: t("team.members.actions"), cell: (one) => <Actions of={one} /> },
          ]}
        />
      )}
    </Card>
  );
}

function Actions({ of: invitation }: { of: Invitation }) {
  const t = useT();
  const mayInvite = useMay("invitation:create");
  const mayRevoke = useMay("invitation:revoke");
  const changed = useChanged();
  const again = $api.useMutation("post", "/api/v1/invitations", {
    onSuccess: async () => {
      toast.success(t("team.invite.sentAgain", { email: invitation.email }));
      await changed([INVITATIONS]);
    },
  });
  const revoke = $api.useMutation("delete", "/api/v1/invitations/{invitation_id}", {
    onSuccess: async () => {
      toast.success(t("team.invitations.revoked"));
      await changed([INVITATIONS]);
    },
  });
  const { email, role, team_id } = invitation;
  return (
    <span className="flex flex-wrap justify-end gap-1.5 sm:justify-start">
      {mayInvite && (
        <Button
          size="sm"
          aria-label={t("team.invitations.againNamed", { email })}
          busy={again.isPending}
          onClick={() => again.mutate({ body: { email, role, team_id } })}
        >
          {t("team.invitations.again")}
        </Button>
      )}
      {mayRevoke && (
        <Button
          size="sm"
          aria-label={t("team.invitations.revokeNamed", { email })}
          busy={revoke.isPending}
          onClick={() => revoke.mutate({ params: { path: { invitation_id: invitation.id } } })}
        >
          {t("team.invitations.revoke")}
        </Button>
      )}
    </span>
  );
}
