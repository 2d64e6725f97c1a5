import { Plus } from "lucide-react";
import { useState } from "react";
import type { Role } from "@/api/schema.gen";
import { useMay } from "@/api/session";
import { Button } from "@/design/Button";
import { Guard } from "@/design/Guard";
import { Page } from "@/design/Layout";
import { Failure, Skeleton } from "@/design/States";
import { OwnRoles } from "@/features/team/OwnRoles";
import { useRoles } from "@/features/team/queries";
import { RoleEditor } from "@/features/team/RoleEditor";
import { RoleMatrix } from "@/features/team/RoleMatrix";
import { useT } from "@/i18n";

/** What each role may do, side by side; the organisation's own can be made and changed. */
export function Roles() {
  const t = useT();
  return (
    <Guard permission="role:read" title={t("team.roles.title")}>
      <List />
    </Guard>
  );
}

function List() {
  const t = useT();
  const roles = useRoles();
  const mayMake = useMay("role:create");
  // A role that is changed, or "new".
  const [editing, setEditing] = useState<Role | "new">();
  return (
    <Page
      title={t("team.roles.title")}
      description={t("team.roles.about")}
      actions={
        mayMake && (
          <Button kind="primary" onClick={() => setEditing("new")}>
            <Plus size={16} aria-hidden="true" />
            {t("team.roles.make")}
          </Button>
        )
      }
    >
      {roles.error ? (
        <Failure error={roles.error} onRetry={() => roles.refetch()} />
      ) : !roles.data ? (
        <Skeleton className="h-96" />
      ) : (
        <div className="grid gap-4">
          <OwnRoles roles={roles.data.filter((role) => !role.built_in)} onEdit={setEditing} />
          <RoleMatrix roles={roles.data} />
        </div>
      )}
      {editing && (
        <RoleEditor {...(editing === "new" ? {} : { role: editing })} onClose={() => setEditing(undefined)} />
      )}
    </Page>
  );
}
