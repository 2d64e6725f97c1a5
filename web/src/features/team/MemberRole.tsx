import { $api } from "@/api/client";
import type { Member } from "@/api/schema.gen";
import { useMay, useSession } from "@/api/session";
import { Select } from "@/design/Select";
import { toast } from "@/design/Toaster";
import { givable, mayTouch } from "@/features/team/givable";
import { MEMBERS, useChanged, useRoles } from "@/features/team/queries";
import { useT } from "@/i18n";
import { roleName, roleNote } from "@/lib/roles";

/** A member's role; where one may give others, a choice of them. */
export function MemberRole({ member }: { member: Member }) {
  const t = useT();
  const me = useSession((session) => session.me);
  const roles = useRoles().data ?? [];
  const may = useMay("member:update");
  const changed = useChanged();
  const change = $api.useMutation("patch", "/api/v1/members/{user_id}", {
    onSuccess: async (now) => {
      toast.success(t("team.members.roleChanged", { name: now.name, role: roleName(now.role) }));
      await changed([MEMBERS, ["team", "invitations"]], now.user_id === me?.id);
    },
  });
  const own = me?.permissions ?? [];
  if (!may || !mayTouch(member.role, roles, own)) return <span>{roleName(member.role)}</span>;
  return (
    <Select
      label={t("team.members.roleOf", { name: member.name })}
      className="h-9! w-40! max-w-full"
      value={change.isPending ? change.variables.body.role : member.role}
      disabled={change.isPending}
      onChange={(role) =>
        role !== member.role &&
        change.mutate({ params: { path: { user_id: member.user_id } }, body: { role } })
      }
      options={givable(roles, own).map((role) => ({
        value: role.name,
        label: roleName(role.name),
        note: roleNote(role.name),
      }))}
    />
  );
}
