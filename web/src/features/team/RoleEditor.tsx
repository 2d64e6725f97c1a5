import { useMutation } from "@tanstack/react-query";
import { useId, useState } from "react";
import { api } from "@/api/client";
import type { Role } from "@/api/schema.gen";
import { useSession } from "@/api/session";
import { Button } from "@/design/Button";
import { Dialog } from "@/design/Dialog";
import { Field, TextField } from "@/design/Field";
import { PermissionPicker } from "@/design/PermissionPicker";
import { Select } from "@/design/Select";
import { Failure } from "@/design/States";
import { toast } from "@/design/Toaster";
import { givable } from "@/features/team/givable";
import { INVITATIONS, MEMBERS, ROLES, useChanged, useRoles } from "@/features/team/queries";
import { useT } from "@/i18n";
import type { Permission } from "@/lib/permissions";
import { roleName } from "@/lib/roles";

/** As the API takes names of roles. */
const NAME = /^[a-z0-9][a-z0-9_-]{0,49}$/;

/** Makes a role, or changes `role`. */
export function RoleEditor({ role, onClose }: { role?: Role; onClose: () => void }) {
  const t = useT();
  const form = useId();
  const me = useSession((session) => session.me);
  const own = me?.permissions ?? [];
  const models = givable(useRoles().data ?? [], own);
  const changed = useChanged();
  const [name, setName] = useState(role?.name ?? "");
  const [permissions, setPermissions] = useState<Permission[]>((role?.permissions ?? []) as Permission[]);
  const [tried, setTried] = useState(false);
  const save = useMutation({
    meta: { quiet: true },
    mutationFn: (body: { name: string; permissions: Permission[] }) =>
      role
        ? api.PATCH("/api/v1/roles/{role_id}", { params: { path: { role_id: role.id } }, body })
        : api.POST("/api/v1/roles", { body }),
    onSuccess: async () => {
      toast.success(t("team.roles.saved", { name }));
      await changed([ROLES, MEMBERS, INVITATIONS], role?.name === me?.role);
      onClose();
    },
  });
  const wrong = !NAME.test(name);
  return (
    <Dialog
      open
      onOpenChange={onClose}
      wide
      title={role ? t("team.roles.edit", { name: role.name }) : t("team.roles.make")}
      {...(role ? { description: t("team.roles.editAbout") } : {})}
      footer={
        <>
          <Button onClick={onClose}>{t("action.cancel")}</Button>
          <Button kind="primary" type="submit" form={form} busy={save.isPending}>
            {role ? t("action.save") : t("action.create")}
          </Button>
        </>
      }
    >
      <form
        id={form}
        noValidate
        className="grid gap-5"
        onSubmit={(event) => {
          event.preventDefault();
          setTried(true);
          if (!wrong) save.mutate({ name, permissions });
        }}
      >
        <div className="grid gap-4 sm:grid-cols-2">
          <TextField
            label={t("team.roles.name")}
            autoFocus
            note={t("team.roles.nameNote")}
            value={name}
            onChange={(value) => setName(value.toLowerCase().replaceAll(" ", "_"))}
            maxLength={50}
            autoComplete="off"
            error={tried && wrong ? t("team.roles.nameWrong") : undefined}
          />
          {!role && (
            <Field label={t("team.roles.from")}>
              {(ids) => (
                <Select
                  ids={ids}
                  value={undefined}
                  placeholder={t("team.roles.fromNone")}
                  onChange={(id) =>
                    setPermissions((models.find((one) => one.id === id)?.permissions ?? []) as Permission[])
                  }
                  options={models.map((one) => ({ value: one.id, label: roleName(one.name) }))}
                />
              )}
            </Field>
          )}
        </div>
        <PermissionPicker
          label={t("access.permissions")}
          value={permissions}
          own={own}
          onChange={setPermissions}
        />
        {save.error && <Failure error={save.error} />}
      </form>
    </Dialog>
  );
}
