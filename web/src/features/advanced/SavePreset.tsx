import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { $api } from "@/api/client";
import { ApiProblem, sentence } from "@/api/problem";
import { useMay } from "@/api/session";
import { Button } from "@/design/Button";
import { Field, TextField } from "@/design/Field";
import { Select } from "@/design/Select";
import { useT } from "@/i18n";
import { once } from "@/jobs/press";
import { settingsOf } from "./draft/settings";
import { useDrafts } from "./draft/store";

const PRIVATE = "private";
const EVERYBODY = "organisation";

/** Keeps what is in the form by a name. */
export function SavePreset({ onSaid }: { onSaid: (words: string) => void }) {
  const t = useT();
  const client = useQueryClient();
  const [name, setName] = useState("");
  const [seen, setSeen] = useState(PRIVATE);
  const mayTeams = useMay("team:read");
  const teams = $api.useQuery(
    "get",
    "/api/v1/teams",
    { params: { query: { limit: 100 } } },
    { enabled: mayTeams },
  );
  const save = $api.useMutation("post", "/api/v1/presets", {
    meta: { quiet: true },
    onSuccess: (preset) => {
      setName("");
      onSaid(t("advanced.presets.saved", { name: preset?.name ?? "" }));
      return client.invalidateQueries({ queryKey: ["presets"] });
    },
  });
  const { error } = save;
  const wrong =
    error instanceof ApiProblem ? (error.fields.name ?? error.detail) : error ? sentence(error) : undefined;
  const team = seen !== PRIVATE && seen !== EVERYBODY ? seen : null;
  return (
    <form
      className="grid items-end gap-3 rounded-control border border-line p-3 sm:grid-cols-[1fr_12rem_auto]"
      onSubmit={(event) => {
        event.preventDefault();
        if (!name.trim()) return;
        const body = {
          name: name.trim(),
          settings: settingsOf(useDrafts.getState().draft) as never,
          visibility: team ? ("team" as const) : (seen as "private" | "organisation"),
          ...(team && { team_id: team }),
        };
        void once(`preset ${JSON.stringify(body)}`, (key) =>
          save.mutateAsync({ params: { header: { "Idempotency-Key": key } }, body }),
        ).catch(() => undefined);
      }}
    >
      <TextField
        label={t("advanced.presets.name")}
        autoFocus
        explain={t("advanced.presets.nameExplain")}
        maxLength={80}
        value={name}
        error={wrong}
        onChange={(value) => {
          setName(value);
          if (error) save.reset();
        }}
      />
      <Field label={t("advanced.presets.who")} explain={t("advanced.presets.whoExplain")}>
        {(ids) => (
          <Select
            ids={ids}
            value={seen}
            onChange={setSeen}
            options={[
              { value: PRIVATE, label: t("advanced.presets.seen.private") },
              ...(teams.data?.items ?? []).map((one) => ({ value: one.id, label: one.name })),
              { value: EVERYBODY, label: t("advanced.presets.seen.organisation") },
            ]}
          />
        )}
      </Field>
      <Button type="submit" kind="primary" disabled={!name.trim()} busy={save.isPending}>
        {t("action.save")}
      </Button>
    </form>
  );
}
