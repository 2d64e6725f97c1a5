import { $api } from "@/api/client";
import { useSession } from "@/api/session";
import { Guard } from "@/design/Guard";
import { Card, Page } from "@/design/Layout";
import { Failure, Skeleton } from "@/design/States";
import { Leave } from "@/features/team/organisation/Leave";
import { OrganisationName } from "@/features/team/organisation/OrganisationName";
import { useT } from "@/i18n";
import { day } from "@/lib/time";

/** What the organisation is called, and what its plan allows. */
export function OrganisationPage() {
  const t = useT();
  return (
    <Guard permission="organisation:read" title={t("team.organisation.title")}>
      <Shown />
    </Guard>
  );
}

function Shown() {
  const t = useT();
  const id = useSession((session) => session.me?.organisation_id) ?? "";
  const found = $api.useQuery("get", "/api/v1/organisations/{organisation_id}", {
    params: { path: { organisation_id: id } },
  });
  const has = found.data;
  const rate = (count: number | null) =>
    count === null ? t("team.organisation.unlimited") : count.toLocaleString();
  const facts: [string, string][] = has
    ? [
        [t("team.organisation.requests"), rate(has.limits.requests_per_minute)],
        [t("team.organisation.generations"), rate(has.limits.generations_per_hour)],
        [t("team.organisation.uploads"), rate(has.limits.uploads_per_hour)],
        [t("team.organisation.since"), day(has.created_at)],
        [t("team.organisation.slug"), has.slug],
      ]
    : [];
  return (
    <Page title={t("team.organisation.title")} description={t("team.organisation.about")}>
      {found.error ? (
        <Failure error={found.error} onRetry={() => found.refetch()} />
      ) : !has ? (
        <Skeleton className="h-64" />
      ) : (
        <div className="grid items-start gap-4 lg:grid-cols-2">
          <OrganisationName key={has.name} organisation={has} />
          <Card title={t("team.organisation.plan", { tier: has.tier })}>
            <dl className="grid gap-2 text-sm">
              {facts.map(([name, value]) => (
                <div key={name} className="flex flex-wrap justify-between gap-x-4">
                  <dt className="text-quiet">{name}</dt>
                  <dd className="min-w-0 break-all tabular-nums">{value}</dd>
                </div>
              ))}
            </dl>
          </Card>
          <Leave organisation={has} />
        </div>
      )}
    </Page>
  );
}
