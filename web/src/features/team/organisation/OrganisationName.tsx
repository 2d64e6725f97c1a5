import { useState } from "react";
import { $api } from "@/api/client";
import type { Organisation } from "@/api/schema.gen";
import { refreshSession, useMay } from "@/api/session";
import { Button } from "@/design/Button";
import { TextField } from "@/design/Field";
import { Card } from "@/design/Layout";
import { toast } from "@/design/Toaster";
import { useChanged } from "@/features/team/queries";
import { useT } from "@/i18n";

/** What it is called; who may, calls it otherwise. */
export function OrganisationName({ organisation }: { organisation: Organisation }) {
  const t = useT();
  const may = useMay("organisation:update");
  const changed = useChanged();
  const [name, setName] = useState(organisation.name);
  const save = $api.useMutation("patch", "/api/v1/organisations/{organisation_id}", {
    onSuccess: async () => {
      toast.success(t("team.organisation.saved"));
      // The bars show the name.
      await refreshSession();
      await changed([
        ["get", "/api/v1/organisations"],
        ["get", "/api/v1/organisations/{organisation_id}"],
      ]);
    },
  });
  if (!may)
    return (
      <Card title={t("team.organisation.name")}>
        <p className="break-words text-lg font-medium">{organisation.name}</p>
        <p className="mt-1 text-sm text-quiet">{t("team.organisation.adminsOnly")}</p>
      </Card>
    );
  const same = name.trim() === organisation.name;
  return (
    <Card>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (name.trim() && !same)
            save.mutate({
              params: { path: { organisation_id: organisation.id } },
              body: { name: name.trim() },
            });
        }}
      >
        <TextField
          label={t("team.organisation.name")}
          note={t("team.organisation.nameNote")}
          value={name}
          onChange={setName}
          maxLength={200}
          autoComplete="organization"
          error={name.trim() ? undefined : t("team.organisation.nameMissing")}
        />
        <Button
          type="submit"
          className="mt-3"
          kind={same ? "normal" : "primary"}
          disabled={same || !name.trim()}
          busy={save.isPending}
        >
          {t("action.save")}
        </Button>
      </form>
    </Card>
  );
}
