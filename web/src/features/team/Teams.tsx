import { Plus, UsersRound } from "lucide-react";
import { useState } from "react";
import { useMay } from "@/api/session";
import { Button } from "@/design/Button";
import { Guard } from "@/design/Guard";
import { Page } from "@/design/Layout";
import { Empty, Failure, Skeleton } from "@/design/States";
import { useTeams } from "@/features/team/queries";
import { TeamCard } from "@/features/team/TeamCard";
import { TeamName } from "@/features/team/TeamName";
import { useT } from "@/i18n";

/** The organisation's teams, with who is in them. */
export function Teams() {
  const t = useT();
  return (
    <Guard permission="team:read" title={t("team.teams.title")}>
      <List />
    </Guard>
  );
}

function List() {
  const t = useT();
  const teams = useTeams();
  const mayMake = useMay("team:create");
  const [making, setMaking] = useState(false);
  const make = mayMake && (
    <Button kind="primary" onClick={() => setMaking(true)}>
      <Plus size={16} aria-hidden="true" />
      {t("team.teams.make")}
    </Button>
  );
  return (
    <Page
      title={t("team.teams.title")}
      description={t("team.teams.about")}
      actions={teams.data?.length ? make : undefined}
    >
      {teams.error ? (
        <Failure error={teams.error} onRetry={() => teams.refetch()} />
      ) : !teams.data ? (
        <Skeleton className="h-24" />
      ) : teams.data.length === 0 ? (
        <Empty
          icon={<UsersRound size={28} aria-hidden="true" />}
          title={t("team.teams.none")}
          {...(make ? { action: make } : {})}
        >
          {t("team.teams.noneHelp")}
        </Empty>
      ) : (
        <ul className="grid items-start gap-4 lg:grid-cols-2">
          {teams.data.map((team) => (
            <li key={team.id}>
              <TeamCard team={team} />
            </li>
          ))}
        </ul>
      )}
      {making && <TeamName onClose={() => setMaking(false)} />}
    </Page>
  );
}
