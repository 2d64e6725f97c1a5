import { useState } from "react";
import { useSession } from "@/api/session";
import { Select } from "@/design/Select";
import { useT } from "@/i18n";
import { owned } from "@/lib/owner";

const KEY = "studio.jobs.team";
const NOBODY = "me";
const NO_TEAMS: { id: string; name: string }[] = [];

/** Which of one's teams sees new jobs: as chosen last in this browser, else one's first team. */
export function useTeamChoice() {
  const teams = useSession((session) => session.me?.teams ?? NO_TEAMS);
  const main = useSession((session) => session.me?.team_id);
  const [wanted, setWanted] = useState(() => owned.getItem(KEY));
  const usual = teams.find((one) => one.id === main) ?? teams[0];
  const value =
    wanted === NOBODY ? NOBODY : ((teams.find((one) => one.id === wanted) ?? usual)?.id ?? NOBODY);
  return {
    teams,
    value,
    /** To be sent as `team_id`; null where nobody else shall see it. */
    teamId: value === NOBODY ? null : value,
    choose(next: string) {
      owned.setItem(KEY, next);
      setWanted(next);
    },
  };
}

/** Asks who sees a new job; nothing where one is in no team. */
export function TeamChoice({
  choice,
  className,
}: {
  choice: ReturnType<typeof useTeamChoice>;
  className?: string;
}) {
  const t = useT();
  if (choice.teams.length === 0) return null;
  return (
    <Select
      label={t("queue.for.label")}
      value={choice.value}
      onChange={choice.choose}
      {...(className ? { className } : {})}
      options={[
        ...choice.teams.map((team) => ({ value: team.id, label: t("queue.for.team", { name: team.name }) })),
        { value: NOBODY, label: t("queue.for.me") },
      ]}
    />
  );
}
