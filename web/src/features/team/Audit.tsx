import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { api } from "@/api/client";
import { usePages } from "@/api/pages";
import type { Event } from "@/api/schema.gen";
import { Button } from "@/design/Button";
import { Guard } from "@/design/Guard";
import { Card, Page, Table } from "@/design/Layout";
import { Failure, Skeleton } from "@/design/States";
import { actName } from "@/features/team/audit/acts";
import { Details } from "@/features/team/audit/Details";
import { Exports } from "@/features/team/audit/Exports";
import { type Filter, FilterBar } from "@/features/team/audit/FilterBar";
import { Verify } from "@/features/team/audit/Verify";
import { useT } from "@/i18n";
import { moment } from "@/lib/moments";

/** What was done, by whom, from where: for admins. */
export function Audit() {
  const t = useT();
  return (
    <Guard permission="audit:read" title={t("team.audit.title")}>
      <Log />
    </Guard>
  );
}

const text = (value: unknown) => (typeof value === "string" && value ? value : undefined);

/** A day and, of the last one, its end: the API's time is before `until`. */
const from = (day: string) => new Date(`${day}T00:00:00`).toISOString();
const until = (day: string) => {
  const end = new Date(`${day}T00:00:00`);
  end.setDate(end.getDate() + 1);
  return end.toISOString();
};
const isDay = (value: string | undefined) =>
  value && /^\d{4}-\d\d-\d\d$/.test(value) && !Number.isNaN(Date.parse(value)) ? value : undefined;

function Log() {
  const t = useT();
  const navigate = useNavigate();
  const search = useSearch({ strict: false }) as Record<string, unknown>;
  const filter: Filter = {
    actor: text(search.actor),
    act: text(search.act),
    since: isDay(text(search.since)),
    until: isDay(text(search.until)),
  };
  const [open, setOpen] = useState<Event>();
  const list = usePages(["get", "/api/v1/audit/events", filter], (at, signal) =>
    api
      .GET("/api/v1/audit/events", {
        params: {
          query: {
            ...at,
            limit: 50,
            ...(filter.actor ? { actor: filter.actor } : {}),
            ...(filter.act ? { act: filter.act } : {}),
            ...(filter.since ? { since: from(filter.since) } : {}),
            ...(filter.until ? { until: until(filter.until) } : {}),
          },
        },
        signal,
      })
      .then(({ data }) => data),
  );
  const filtered = Object.values(filter).some(Boolean);
  return (
    <Page title={t("team.audit.title")} description={t("team.audit.about")} actions={<Exports />}>
      <div className="grid gap-4">
        <Verify />
        <Card>
          <FilterBar
            value={filter}
            onChange={(next) =>
              navigate({
                to: "/team/audit",
                search: Object.fromEntries(Object.entries(next).filter(([, value]) => value)) as never,
                replace: true,
              })
            }
          />
          {list.error ? (
            <Failure error={list.error} onRetry={() => list.refetch()} />
          ) : !list.items ? (
            <Skeleton className="h-96" />
          ) : list.items.length === 0 ? (
            <p className="py-8 text-center text-quiet">
              {filtered ? t("team.audit.noneFound") : t("team.audit.none")}
            </p>
          ) : (
            <Table
              label={t("team.audit.title")}
              rows={list.items}
              id={(event) => event.id}
              columns={[
                {
                  name: t("team.audit.when"),
                  cell: (event) => (
                    <time dateTime={event.at} className="whitespace-nowrap text-quiet">
                      {moment(event.at)}
                    </time>
                  ),
                },
                { name: t("team.audit.what"), cell: (event) => actName(event.act) },
                {
                  name: t("team.audit.who"),
                  cell: (event) => <span className="break-all">{event.actor || t("team.audit.nobody")}</span>,
                },
                {
                  name: t("team.audit.details"),
                  cell: (event) => (
                    <Button
                      size="sm"
                      aria-label={t("team.audit.open", { act: actName(event.act), at: moment(event.at) })}
                      onClick={() => setOpen(event)}
                    >
                      {t("team.audit.show")}
                    </Button>
                  ),
                },
              ]}
            />
          )}
          {list.hasNextPage && (
            <Button className="mt-3" busy={list.isFetchingNextPage} onClick={() => list.fetchNextPage()}>
              {t("team.credits.older")}
            </Button>
          )}
        </Card>
      </div>
      {open && <Details of={open} onClose={() => setOpen(undefined)} />}
    </Page>
  );
}
