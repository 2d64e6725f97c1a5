import { $api } from "@/api/client";
import { Card } from "@/design/Layout";
import { Failure, Skeleton } from "@/design/States";
import { useT } from "@/i18n";
import { amount, inCredits } from "@/lib/credits";
import { day } from "@/lib/time";

/** What the organisation has, and where the month stands. */
export function Balance() {
  const t = useT();
  const credits = $api.useQuery("get", "/api/v1/credits");
  if (credits.error) return <Failure error={credits.error} onRetry={() => credits.refetch()} />;
  const has = credits.data;
  if (!has) return <Skeleton className="h-48" />;
  return (
    <Card>
      <dl className="grid gap-x-6 gap-y-4 sm:grid-cols-3">
        <div>
          <dt className="text-sm text-quiet">{t("team.credits.available")}</dt>
          <dd className="text-4xl font-semibold tabular-nums">{amount(has.available_microcredits)}</dd>
        </div>
        <div>
          <dt className="text-sm text-quiet">{t("team.credits.held")}</dt>
          <dd className="text-2xl font-semibold tabular-nums">{amount(has.held_microcredits)}</dd>
          <dd className="text-sm text-quiet">{t("team.credits.heldNote")}</dd>
        </div>
        <div>
          <dt className="text-sm text-quiet">{t("team.credits.spent")}</dt>
          <dd className="text-2xl font-semibold tabular-nums">{amount(has.spent_this_month_microcredits)}</dd>
        </div>
      </dl>
      <p className="mt-4 border-t border-line pt-3 text-sm text-quiet">
        {has.monthly_grant_microcredits === null
          ? t("team.credits.noGrant", { tier: has.tier })
          : t("team.credits.grant", {
              tier: has.tier,
              credits: inCredits(has.monthly_grant_microcredits),
              day: day(has.renews_at),
            })}{" "}
        {has.expiring_microcredits > 0 &&
          t("team.credits.expiring", {
            credits: inCredits(has.expiring_microcredits),
            day: day(has.renews_at),
          })}
      </p>
    </Card>
  );
}
