import { useState } from "react";
import { $api } from "@/api/client";
import type { Role } from "@/api/schema.gen";
import { useMay, useSession } from "@/api/session";
import { Button } from "@/design/Button";
import { Confirm } from "@/design/Dialog";
import { Card } from "@/design/Layout";
import { toast } from "@/design/Toaster";
import { ROLES, useChanged, useMembers } from "@/features/team/queries";
import { useT } from "@/i18n";
import { beyond } from "@/lib/permissions";

/** Roles of the organisation's own, with what can be done with them. */
export function OwnRoles({ roles, onEdit }: { roles: Role[]; onEdit: (role: Role) => void }) {
  const t = useT();
  if (roles.length === 0) return null;
  return (
    <Card title={t("team.roles.own")}>
      <ul className="divide-y divide-line">
        {roles.map((role) => (
          <Row key={role.id} role={role} onEdit={() => onEdit(role)} />
        ))}
      </ul>
    </Card>
  );
}

function Row({ role, onEdit }: { role: Role; onEdit: () => void }) {
  const t = useT();
  const own = useSession((session) => session.me?.permissions) ?? [];
  const mayUpdate = useMay("role:update");
  const mayDelete = useMay("role:delete");
  const bearers = useMembers().data?.filter((member) => member.role === role.name).length ?? 0;
  const changed = useChanged();
  const [sure, setSure] = useState(false);
  const remove = $api.useMutation("delete", "/api/v1/roles/{role_id}", {
    onSuccess: () => {
      toast.success(t("team.roles.deleted", { name: role.name }));
      return changed([ROLES]);
    },
    onSettled: () => setSure(false),
  });
  const within = beyond(role.permissions, own).length === 0;
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 py-2.5">
      <div className="min-w-0 flex-1 basis-48">
        <p className="break-words font-medium">{role.name}</p>
        <p className="text-sm text-quiet">
          {t("access.count", { count: role.permissions.length })} ·{" "}
          {t("team.members.count", { count: bearers })}
        </p>
        {!within && <p className="text-sm text-quiet">{t("team.roles.beyond")}</p>}
      </div>
      {within && (
        <div className="flex gap-2">
          {mayUpdate && (
            <Button size="sm" aria-label={t("team.roles.editNamed", { name: role.name })} onClick={onEdit}>
              {t("action.edit")}
            </Button>
          )}
          {mayDelete && (
            <Button
              size="sm"
              aria-label={t("team.roles.deleteNamed", { name: role.name })}
              onClick={() => setSure(true)}
            >
              {t("action.delete")}
            </Button>
          )}
        </div>
      )}
      <Confirm
        open={sure}
        onOpenChange={setSure}
        title={t("team.roles.deleteSure", { name: role.name })}
        description={t("team.roles.deleteHelp")}
        action={t("action.delete")}
        busy={remove.isPending}
        onConfirm={() => remove.mutate({ params: { path: { role_id: role.id } } })}
      />
    </li>
  );
}
