import { Outlet } from "@tanstack/react-router";
import { useSession } from "@/api/session";
import { SubNav } from "@/design/SubNav";
import { useT } from "@/i18n";

const PAGES = [
  { to: "/team", name: "team.members.title", permission: "member:read" },
  { to: "/team/teams", name: "team.teams.title", permission: "team:read" },
  { to: "/team/roles", name: "team.roles.title", permission: "role:read" },
  { to: "/team/usage", name: "team.usage.title", permission: "credit:read" },
  { to: "/team/credits", name: "team.credits.title", permission: "credit:read" },
  { to: "/team/audit", name: "team.audit.title", permission: "audit:read" },
  { to: "/team/organisation", name: "team.organisation.title", permission: "organisation:read" },
] as const;

/** The bar above all pages of the team: those that one may see. */
export function TeamRoom() {
  const t = useT();
  const may = useSession((session) => session.me?.permissions);
  return (
    <>
      <SubNav
        label={t("team.pages")}
        pages={PAGES.filter((page) => may?.includes(page.permission)).map(({ to, name }) => ({
          to,
          label: t(name),
        }))}
      />
      <Outlet />
    </>
  );
}
