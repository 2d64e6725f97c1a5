import { Link, Outlet } from "@tanstack/react-router";
import { Images, ListOrdered, Sparkles, UserRound, UsersRound, Workflow } from "lucide-react";
import { useT } from "@/i18n";

const ROOMS = [
  { to: "/create", name: "shell.create", Icon: Sparkles },
  { to: "/gallery", name: "shell.gallery", Icon: Images },
  { to: "/queue", name: "shell.queue", Icon: ListOrdered },
  { to: "/workflows", name: "shell.workflows", Icon: Workflow },
  { to: "/team", name: "shell.team", Icon: UsersRound },
  { to: "/account", name: "shell.account", Icon: UserRound },
] as const;

/** Bars around the pages of who is signed in: at the left, or below on phones. */
export function Shell() {
  const t = useT();
  return (
    <div className="min-h-dvh sm:pl-20">
      <a
        href="#content"
        className="sr-only z-50 rounded-control bg-accent px-4 py-2 text-on-accent focus:not-sr-only focus:fixed focus:left-2 focus:top-2"
      >
        {t("shell.skip")}
      </a>
      <nav
        aria-label={t("shell.navigation")}
        className="fixed inset-x-0 bottom-0 z-30 flex justify-around border-t border-line bg-surface pb-[env(safe-area-inset-bottom)] sm:inset-y-0 sm:left-0 sm:right-auto sm:w-20 sm:flex-col sm:justify-start sm:gap-1 sm:border-r sm:border-t-0 sm:p-2"
      >
        {ROOMS.map(({ to, name, Icon }) => (
          <Link
            key={to}
            to={to}
            className="flex min-h-14 flex-1 flex-col items-center justify-center gap-1 rounded-control text-[11px] text-quiet hover:text-ink sm:flex-none data-[status=active]:text-accent-ink"
          >
            <Icon size={20} aria-hidden="true" />
            {t(name)}
          </Link>
        ))}
      </nav>
      <main id="content" className="pb-20 sm:pb-0">
        <Outlet />
      </main>
    </div>
  );
}
