import { Link } from "@tanstack/react-router";
import { usePreferences } from "@/api/preferences";
import { useSession } from "@/api/session";
import { ROOMS } from "@/app/rooms";
import { cx } from "@/design/cx";
import { t } from "@/i18n";
import { usePageTitle } from "@/lib/title";

/** The rooms: at the left, or below on phones. */
export function Nav() {
  const permissions = useSession((session) => session.me?.permissions);
  const { mode } = usePreferences();
  const unseen = usePageTitle((state) => state.unseen);
  return (
    <nav
      aria-label={t("shell.navigation")}
      className="fixed inset-x-0 bottom-0 z-30 flex h-(--bar-bottom) border-t border-line bg-surface pb-[env(safe-area-inset-bottom)] sm:inset-y-0 sm:left-0 sm:right-auto sm:top-(--bar-top) sm:h-auto sm:w-(--bar-side) sm:flex-col sm:gap-1 sm:border-r sm:border-t-0 sm:p-2"
    >
      {ROOMS.map(({ to, name, Icon, phone, wide, permission }) => {
        if (permission && !permissions?.includes(permission)) return null;
        if (wide === "menu" && phone === "menu") return null;
        return (
          <Link
            key={to}
            to={to === "/create" && mode === "advanced" ? "/create/advanced" : to}
            activeOptions={{ exact: false }}
            className={cx(
              "relative flex min-h-14 flex-1 flex-col items-center justify-center gap-1 rounded-control text-xs text-quiet hover:bg-hover hover:text-ink data-[status=active]:text-accent-ink sm:flex-none sm:data-[status=active]:bg-accent-soft",
              phone === "menu" && "max-sm:hidden",
            )}
          >
            <Icon size={20} aria-hidden="true" />
            {t(name)}
            {to === "/gallery" && unseen > 0 && (
              <span className="absolute right-1/2 top-1.5 grid h-4 min-w-4 translate-x-5 place-items-center rounded-full bg-accent px-1 text-[11px] font-semibold leading-none text-on-accent">
                <span aria-hidden="true">{unseen > 99 ? "99+" : unseen}</span>
                <span className="sr-only">{t("shell.unseen", { count: unseen })}</span>
              </span>
            )}
          </Link>
        );
      })}
    </nav>
  );
}
