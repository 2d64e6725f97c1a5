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
            <dl className="grid grid-cols-[1fr_auto] gap-x-4 gap-y-2 text-sm">
              <dt className="text-quiet">{t("team.organisation.requests")}</dt>
              <dd className="text-right tabular-nums">{rate(has.limits.requests_per_minute)}</dd>
              <dt className="text-quiet">{t("team.organisation.generations")}</dt>
              <dd className="text-right tabular-nums">{rate(has.limits.generations_per_hour)}</dd>
              <dt className="text-quiet">{t("team.organisation.uploads")}</dt>
              <dd className="text-right tabular-nums">{rate(has.limits.uploads_per_hour)}</dd>
              <dt className="text-quiet">{t("team.organisation.since")}</dt>
              <dd className="text-right">{day(has.created_at)}</dd>
              <dt className="text-quiet">{t("team.organisation.slug")}</dt>
              <dd className="min-w-0 break-all text-right">
                <code>{has.slug}</code>
              </dd>
            </dl>
          </Card>
          <Leave organisation={has} />
        </div>
      )}
    </Page>
  );
}
