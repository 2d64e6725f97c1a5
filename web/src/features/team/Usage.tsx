import { useNavigate, useSearch } from "@tanstack/react-router";
import { ChartColumn } from "lucide-react";
import { useMemo } from "react";
import { $api } from "@/api/client";
import { Choice } from "@/design/Choice";
import { Guard } from "@/design/Guard";
import { Page } from "@/design/Layout";
import { Select } from "@/design/Select";
import { Empty, Failure, Skeleton } from "@/design/States";
import { ByDay } from "@/features/team/usage/ByDay";
import { BySubject } from "@/features/team/usage/BySubject";
import { DIVISIONS, type Division, PERIODS, type Period, spanOf } from "@/features/team/usage/series";
import { useT } from "@/i18n";
import { amount } from "@/lib/credits";

/** What credits were spent on: by day, and by person, kind, model or team. */
export function Usage() {
  const t = useT();
  return (
    <Guard permission="credit:read" title={t("team.usage.title")}>
      <Shown />
    </Guard>
  );
}

const one = <T extends string>(value: unknown, of: readonly T[], usual: T): T =>
  of.includes(value as T) ? (value as T) : usual;

function Shown() {
  const t = useT();
  const navigate = useNavigate();
  const search = useSearch({ strict: false }) as Record<string, unknown>;
  const period = one<Period>(search.period, PERIODS, "30d");
  const by = one<Division>(search.by, DIVISIONS, "member");
  const go = (change: { period?: Period; by?: Division }) =>
    navigate({ to: "/team/usage", search: { period, by, ...change } as never, replace: true });
  const span = useMemo(() => spanOf(period, new Date()), [period]);
  const usage = $api.useQuery(
    "get",
    "/api/v1/usage",
    {
      params: {
        query: {
          by,
          daily: true,
          since: span.since.toISOString(),
          ...(span.until ? { until: span.until.toISOString() } : {}),
        },
      },
    },
    { placeholderData: (before) => before },
  );
  const data = usage.data;
  const jobs = data?.items.reduce((sum, item) => sum + item.jobs, 0) ?? 0;
  return (
    <Page
      title={t("team.usage.title")}
      description={t("team.usage.about")}
      actions={
        <Select
          label={t("team.usage.period")}
          className="w-48!"
          value={period}
          onChange={(next) => go({ period: next as Period })}
          options={PERIODS.map((value) => ({ value, label: t(`team.usage.periods.${value}`) }))}
        />
      }
    >
      {usage.error ? (
        <Failure error={usage.error} onRetry={() => usage.refetch()} />
      ) : !data ? (
        <Skeleton className="h-96" />
      ) : (
        <div className="grid gap-4">
          <dl className="grid grid-cols-3 gap-2 sm:gap-4">
            <Figure name={t("team.usage.spent")} value={amount(data.spent_microcredits)} />
            <Figure name={t("team.usage.jobs")} value={jobs.toLocaleString()} />
            <Figure
              name={t("team.usage.aDay")}
              value={amount(data.spent_microcredits / Math.max(1, span.days.length))}
            />
          </dl>
          {data.items.length === 0 ? (
            <Empty icon={<ChartColumn size={28} aria-hidden="true" />} title={t("team.usage.none")}>
              {t("team.usage.noneHelp")}
            </Empty>
          ) : (
            <>
              <ByDay items={data.items} span={span} />
              <BySubject
                items={data.items}
                span={span}
                by={data.by as Division}
                choice={
                  <Choice
                    label={t("team.usage.by")}
                    value={by}
                    onChange={(next) => go({ by: next })}
                    options={DIVISIONS.map((value) => ({ value, label: t(`team.usage.divisions.${value}`) }))}
                  />
                }
              />
            </>
          )}
        </div>
      )}
    </Page>
  );
}

function Figure({ name, value }: { name: string; value: string }) {
  return (
    <div className="rounded-card border border-line bg-surface p-3 sm:p-4">
      <dt className="text-xs text-quiet sm:text-sm">{name}</dt>
      <dd className="mt-0.5 text-xl font-semibold sm:text-2xl tabular-nums">{value}</dd>
    </div>
  );
}
