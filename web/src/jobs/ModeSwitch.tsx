import { Link } from "@tanstack/react-router";
import { usePrefer } from "@/api/preferences";
import { cx } from "@/design/cx";
import { useT } from "@/i18n";
import { handOver } from "@/jobs/handover";
import type { Work } from "@/jobs/request";

const MODES = [
  { mode: "simple", to: "/create", name: "jobs.mode.simple" },
  { mode: "advanced", to: "/create/advanced", name: "jobs.mode.advanced" },
] as const;

/** From Simple to Advanced and back; what was written goes along, and the next time Create opens there. */
export function ModeSwitch({ mode, carry }: { mode: "simple" | "advanced"; carry: () => Work | undefined }) {
  const t = useT();
  const prefer = usePrefer();
  return (
    <nav
      aria-label={t("jobs.mode.label")}
      className="inline-flex gap-1 rounded-control border border-line bg-raised p-1"
    >
      {MODES.map((one) => (
        <Link
          key={one.mode}
          to={one.to}
          aria-current={one.mode === mode ? "page" : undefined}
          onClick={() => {
            if (one.mode === mode) return;
            handOver(carry());
            prefer.mutate({ mode: one.mode });
          }}
          className={cx(
            "inline-flex h-8 items-center rounded-md px-3 text-sm",
            one.mode === mode ? "bg-accent-soft font-medium text-accent-ink" : "text-quiet hover:text-ink",
          )}
        >
          {t(one.name)}
        </Link>
      ))}
    </nav>
  );
}
