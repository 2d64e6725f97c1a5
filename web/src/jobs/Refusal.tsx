import { Link } from "@tanstack/react-router";
import { CircleAlert, Clock, Coins, Lock, WifiOff, X } from "lucide-react";
import { type ReactNode, useEffect, useMemo, useRef } from "react";
import { $api } from "@/api/client";
import type { ApiProblem } from "@/api/problem";
import { useMay, useSession } from "@/api/session";
import { Button, IconButton } from "@/design/Button";
import { t, useT } from "@/i18n";
import { amountIn, type Refused, refused } from "@/jobs/refused";
import { inCredits } from "@/lib/credits";
import { day, duration, useCountdown } from "@/lib/time";

const ICONS: Record<Refused, typeof Lock> = {
  credits: Coins,
  budget: Coins,
  storage: CircleAlert,
  permission: Lock,
  rate: Clock,
  offline: WifiOff,
  fields: CircleAlert,
  other: CircleAlert,
};

/** Seconds until what was refused for its haste may be tried again; undefined where that was not why. */
export function useWait(problem: ApiProblem | null): number | undefined {
  const until = useMemo(
    () =>
      problem && refused(problem) === "rate" ? Date.now() + (problem.retryAfter ?? 1) * 1000 : undefined,
    [problem],
  );
  return useCountdown(until);
}

/** Why a submission was refused, and what to do now. What was typed stays where it is. */
export function Refusal({ problem, onClose }: { problem: ApiProblem; onClose?: () => void }) {
  const tt = useT();
  const kind = refused(problem);
  const Icon = ICONS[kind];
  const box = useRef<HTMLDivElement>(null);
  // The button that was pressed may have led away from here.
  useEffect(() => {
    box.current?.scrollIntoView({ block: "nearest", behavior: "smooth" });
  }, []);
  return (
    <div
      ref={box}
      role="alert"
      className="flex scroll-my-24 items-start gap-3 rounded-card border border-bad/40 bg-bad-soft p-4 text-ink"
    >
      <Icon size={20} className="mt-0.5 shrink-0 text-bad" aria-hidden="true" />
      <div className="flex min-w-0 flex-1 flex-col gap-2">
        <p className="font-semibold">{title(kind)}</p>
        <Text kind={kind} problem={problem} />
      </div>
      {onClose && (
        <IconButton label={tt("action.close")} onClick={onClose}>
          <X size={16} aria-hidden="true" />
        </IconButton>
      )}
    </div>
  );
}

const title = (kind: Refused): string =>
  ({
    credits: t("jobs.refusal.credits"),
    budget: t("jobs.refusal.budget"),
    storage: t("jobs.refusal.storage"),
    permission: t("jobs.refusal.permission"),
    rate: t("jobs.refusal.rate"),
    offline: t("jobs.refusal.offline"),
    fields: t("jobs.refusal.fields"),
    other: t("jobs.refusal.other"),
  })[kind];

function Text({ kind, problem }: { kind: Refused; problem: ApiProblem }) {
  const tt = useT();
  const organisation = useSession((session) => session.me?.organisation_name ?? "");
  switch (kind) {
    case "credits":
      return <NoCredits problem={problem} />;
    case "storage":
      return <Way text={problem.detail} to="/gallery" label={tt("jobs.refusal.storageLink")} />;
    case "permission":
      return <p>{tt("jobs.refusal.permissionText", { organisation })}</p>;
    case "rate":
      return <Hasty problem={problem} />;
    case "offline":
      return <p>{tt("jobs.refusal.offlineText")}</p>;
    default:
      return <Plain problem={problem} />;
  }
}

function NoCredits({ problem }: { problem: ApiProblem }) {
  const tt = useT();
  const seen = useMay("credit:read");
  const { data } = $api.useQuery("get", "/api/v1/credits", {}, { enabled: seen });
  const [needed, available] = [amountIn(problem, "needed"), amountIn(problem, "available")];
  const text =
    needed === undefined || available === undefined
      ? problem.detail
      : tt("jobs.refusal.creditsText", { needed: inCredits(needed), available: inCredits(available) });
  return (
    <Way
      text={`${text} ${data ? tt("jobs.refusal.creditsRenew", { date: day(data.renews_at) }) : ""}`}
      note={available ? tt("jobs.refusal.smaller") : undefined}
      {...(seen ? { to: "/team/credits" as const, label: tt("jobs.refusal.creditsLink") } : {})}
    />
  );
}

function Hasty({ problem }: { problem: ApiProblem }) {
  const tt = useT();
  const left = useWait(problem) ?? 0;
  return (
    <Way
      text={
        left > 0
          ? tt("jobs.refusal.rateText", { reason: problem.detail, time: duration(left) })
          : tt("jobs.refusal.rateOver")
      }
      to="/queue"
      label={tt("jobs.refusal.queueLink")}
    />
  );
}

function Plain({ problem }: { problem: ApiProblem }) {
  const tt = useT();
  const fields = [...new Set(Object.values(problem.fields))].filter(
    (text) => text && text !== problem.detail,
  );
  return (
    <>
      <p>{problem.detail}</p>
      {fields.length > 0 && (
        <ul className="list-disc pl-5">
          {fields.map((text) => (
            <li key={text}>{text}</li>
          ))}
        </ul>
      )}
      {problem.status >= 500 && problem.instance && (
        <p className="text-sm text-quiet">{tt("jobs.refusal.reference", { id: problem.instance })}</p>
      )}
    </>
  );
}

function Way({
  text,
  note,
  to,
  label,
}: {
  text: ReactNode;
  note?: string | undefined;
  to?: "/team/credits" | "/gallery" | "/queue";
  label?: string;
}) {
  return (
    <>
      <p>{text}</p>
      {note && <p className="text-quiet">{note}</p>}
      {to && (
        <div>
          <Button size="sm" asChild>
            <Link to={to}>{label}</Link>
          </Button>
        </div>
      )}
    </>
  );
}
