import { $api } from "@/api/client";
import type { PriceListItem } from "@/api/schema.gen";
import { Card, Table } from "@/design/Layout";
import { Failure, Skeleton } from "@/design/States";
import { useT } from "@/i18n";
import { inCredits } from "@/lib/credits";

/** What work costs. */
export function Prices() {
  const t = useT();
  const prices = $api.useQuery("get", "/api/v1/prices", {}, { staleTime: Number.POSITIVE_INFINITY });
  const price = (item: PriceListItem) =>
    item.amount_microcredits === null
      ? t("team.credits.times", { count: item.times ?? 1 })
      : t("team.credits.per", {
          credits: inCredits(item.amount_microcredits),
          unit: t(`team.credits.units.${item.unit}`),
        });
  return (
    <Card title={t("team.credits.prices")}>
      {prices.error ? (
        <Failure error={prices.error} onRetry={() => prices.refetch()} />
      ) : !prices.data ? (
        <Skeleton className="h-64" />
      ) : (
        <Table
          label={t("team.credits.prices")}
          rows={prices.data.items}
          id={(item) => item.item}
          columns={[
            {
              name: t("team.credits.work"),
              cell: (item) => (
                <span className="block max-w-prose">
                  <span className="block font-medium">{t(`team.credits.items.${item.item}`)}</span>
                  <span className="block text-quiet">{item.meaning}</span>
                </span>
              ),
            },
            { name: t("team.credits.price"), cell: price },
          ]}
        />
      )}
    </Card>
  );
}
