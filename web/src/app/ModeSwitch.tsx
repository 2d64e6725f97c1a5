import { Link } from "@tanstack/react-router";
import { usePrefer } from "@/api/preferences";
import { t } from "@/i18n";
import { carryOver } from "@/jobs/handover";

const MODES = [
  { to: "/create", name: "shell.simple", mode: "simple" },
  { to: "/create/advanced", name: "shell.advanced", mode: "advanced" },
] as const;

/** Between the two pages to create on. The one that was used last opens next time. */
export function ModeSwitch() {
  const prefer = usePrefer();
  return (
    <nav aria-label={t("shell.mode")} className="flex rounded-control border border-line bg-raised p-0.5">
      {MODES.map(({ to, name, mode }) => (
        <Link
          key={to}
          to={to}
          activeOptions={{ exact: true, includeSearch: false }}
          onClick={() => {
            carryOver();
            prefer.mutate({ mode });
          }}
          className="grid h-8 place-items-center rounded-md px-2.5 text-sm text-quiet hover:text-ink data-[status=active]:bg-accent-soft data-[status=active]:font-medium data-[status=active]:text-accent-ink sm:px-3"
        >
          {t(name)}
        </Link>
      ))}
    </nav>
  );
}
