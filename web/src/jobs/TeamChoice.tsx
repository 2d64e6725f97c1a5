import { useState } from "react";
import { $api } from "@/api/client";
import { useMay, useSession } from "@/api/session";
import { Choice } from "@/design/Choice";
import { useT } from "@/i18n";

const KEY = "studio.run.team";
type For = "me" | "team";

/** Whether one's team sees new jobs: as chosen last, in this browser. */
export function useTeamChoice() {
  const teamOfMine = useSession((session) => session.me?.team_id ?? null);
  const may = useMay("team:read");
  const { data } = $api.useQuery("get", "/api/v1/teams", {}, { enabled: may && teamOfMine !== null });
  const [value, setValue] = useState<For>(() => (localStorage.getItem(KEY) === "me" ? "me" : "team"));
  return {
    team: data?.items.find((one) => one.id === teamOfMine)?.name ?? "",
    value,
    shown: teamOfMine !== null,
    teamId: value === "team" ? teamOfMine : null,
    choose(next: For) {
      localStorage.setItem(KEY, next);
      setValue(next);
    },
  };
}

/** Asks who sees a new job; nothing where one is in no team. */
export function TeamChoice({ choice }: { choice: ReturnType<typeof useTeamChoice> }) {
  const t = useT();
  if (!choice.shown) return null;
  return (
    <Choice
      label={t("queue.for.label")}
      value={choice.value}
      onChange={choice.choose}
      options={[
        { value: "team", label: t("queue.for.team", { name: choice.team }) },
        { value: "me", label: t("queue.for.me") },
      ]}
    />
  );
}
