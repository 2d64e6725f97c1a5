import { UserMinus } from "lucide-react";
import { useState } from "react";
import { $api } from "@/api/client";
import type { Member } from "@/api/schema.gen";
import { useSession } from "@/api/session";
import { IconButton } from "@/design/Button";
import { Confirm } from "@/design/Dialog";
import { toast } from "@/design/Toaster";
import { mayTouch } from "@/features/team/givable";
import { INVITATIONS, MEMBERS, TEAMS, useChanged, useRoles } from "@/features/team/queries";
import { useT } from "@/i18n";

/** Takes somebody out of the organisation. Oneself leaves on the page of the organisation. */
export function RemoveMember({ member }: { member: Member }) {
  const t = useT();
  const me = useSession((session) => session.me);
  const roles = useRoles().data ?? [];
  const changed = useChanged();
  const [sure, setSure] = useState(false);
  const remove = $api.useMutation("delete", "/api/v1/members/{user_id}", {
    onSuccess: async () => {
      setSure(false);
      toast.success(t("team.members.removed", { name: member.name }));
      await changed([MEMBERS, TEAMS, INVITATIONS]);
    },
  });
  if (member.user_id === me?.id || !mayTouch(member.role, roles, me?.permissions ?? []))
    return <span aria-hidden="true">–</span>;
  return (
    <>
      <IconButton label={t("team.members.removeNamed", { name: member.name })} onClick={() => setSure(true)}>
        <UserMinus size={17} aria-hidden="true" />
      </IconButton>
      <Confirm
        open={sure}
        onOpenChange={setSure}
        title={t("team.members.removeSure", { name: member.name })}
        description={t("team.members.removeHelp")}
        action={t("action.remove")}
        busy={remove.isPending}
        onConfirm={() => remove.mutate({ params: { path: { user_id: member.user_id } } })}
      />
    </>
  );
}
