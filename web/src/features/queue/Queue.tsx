import { Link } from "@tanstack/react-router";
import { ListOrdered } from "lucide-react";
import type { ReactNode } from "react";
import type { Job } from "@/api/schema.gen";
import { useMay, useSession } from "@/api/session";
import { Button } from "@/design/Button";
import { Choice } from "@/design/Choice";
import { Page } from "@/design/Layout";
import { Empty, Failure, Skeleton } from "@/design/States";
import { ActiveRow } from "@/features/queue/ActiveRow";
import { Bulk } from "@/features/queue/Bulk";
import { Ended } from "@/features/queue/Ended";
import { type Scope, useActive, useScope } from "@/features/queue/jobs";
import { grouped } from "@/features/queue/order";
import { Waiting } from "@/features/queue/Waiting";
import { useT } from "@/i18n";
import { useTitle } from "@/lib/title";
import { useParam } from "@/lib/useParam";
import { ENDED, useLive } from "@/realtime/jobs";

/** What waits, what is being painted, and what became of it: one's own, one's teams', everybody's. */
export function Queue() {
  const t = useT();
  useTitle(t("queue.title"));
  const manages = useMay("job:manage");
  const inTeams = useSession((session) => (session.me?.teams.length ?? 0) > 0);
  const [asked, setAsked] = useParam("show");
  const scopes: Scope[] = [
    "mine",
    ...(inTeams ? (["team"] as const) : []),
    ...(manages ? (["all"] as const) : []),
  ];
  const show = scopes.find((one) => one === asked) ?? "mine";
  const scope = useScope(show);
  const { data, error, refetch } = useActive(scope.asked);
  // Only which have ended: previews come many times a second.
  const over = useLive((state) =>
    (data ?? [])
      .filter((job) => ENDED.has(state.jobs[job.id]?.state ?? ""))
      .map((job) => job.id)
      .join(" "),
  );
  const away = useLive((state) => state.connection === "waiting");
  const groups = data && grouped(data.filter(scope.shows), new Set(over.split(" ")));
  const none = groups && groups.running.length + groups.waiting.length + groups.paused.length === 0;

  return (
    <Page title={t("queue.title")} description={t("queue.description")} actions={<Bulk />}>
      {scopes.length > 1 && (
        <Choice
          className="mb-5"
          label={t("queue.scope.label")}
          value={show}
          onChange={(next) => setAsked(next === "mine" ? undefined : next)}
          options={scopes.map((value) => ({ value, label: t(`queue.scope.${value}`) }))}
        />
      )}
      {away && <p className="mb-4 text-sm text-warn">{t("queue.connection")}</p>}
      <div className="flex flex-col gap-6">
        {error && <Failure error={error} onRetry={() => void refetch()} />}
        {!groups && !error && <Skeleton className="h-52 rounded-card" />}
        {none && (
          <Empty
            icon={<ListOrdered size={28} aria-hidden="true" />}
            title={t(`queue.empty.${show}`)}
            action={
              <Button kind="primary" asChild>
                <Link to="/create">{t("queue.empty.create")}</Link>
              </Button>
            }
          >
            {t(`queue.empty.${show}Help`)}
          </Empty>
        )}
        {groups && groups.running.length > 0 && (
          <Section title={t("queue.running")} count={groups.running.length}>
            <Rows label={t("queue.running")} jobs={groups.running} />
          </Section>
        )}
        {groups && groups.waiting.length > 0 && (
          <Section title={t("queue.waiting")} count={groups.waiting.length}>
            <Waiting key={show} jobs={groups.waiting} />
          </Section>
        )}
        {groups && groups.paused.length > 0 && (
          <Section title={t("queue.paused")} count={groups.paused.length}>
            <Rows label={t("queue.paused")} jobs={groups.paused} />
          </Section>
        )}
        <Ended key={show} scope={scope} />
      </div>
    </Page>
  );
}

function Section({ title, count, children }: { title: string; count: number; children: ReactNode }) {
  return (
    <section aria-label={title}>
      <h2 className="mb-2 flex items-baseline gap-2 font-semibold">
        {title}
        <span className="text-sm font-normal text-quiet tabular-nums">{count}</span>
      </h2>
      {children}
    </section>
  );
}

function Rows({ label, jobs }: { label: string; jobs: readonly Job[] }) {
  return (
    <ul aria-label={label} className="flex flex-col gap-2">
      {jobs.map((job) => (
        <ActiveRow key={job.id} job={job} />
      ))}
    </ul>
  );
}
