import { $api } from "@/api/client";
import { Button } from "@/design/Button";
import { Empty, Failure } from "@/design/States";
import { Cards, CardsComing, TemplateCard } from "@/features/workflows/list/Cards";
import { useT } from "@/i18n";

/** Workflows that come with the studio, and run as they are. */
export function Templates({ text, onClear }: { text: string; onClear: () => void }) {
  const t = useT();
  const { data, error, refetch } = $api.useQuery(
    "get",
    "/api/v1/workflows/templates",
    {},
    { staleTime: Number.POSITIVE_INFINITY },
  );
  const words = text.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  const items = data?.items.filter((one) => {
    const all = [one.title, one.description, ...one.tags, ...one.node_types].join(" ").toLocaleLowerCase();
    return words.every((word) => all.includes(word));
  });
  if (error) return <Failure error={error} onRetry={() => void refetch()} />;
  if (items?.length === 0)
    return (
      <Empty
        title={t("workflows.list.noneFound")}
        action={<Button onClick={onClear}>{t("workflows.list.clear")}</Button>}
      >
        {t("workflows.list.noneFoundHelp")}
      </Empty>
    );
  return (
    <Cards label={t("workflows.list.templates")}>
      {items ? items.map((one) => <TemplateCard key={one.name} template={one} />) : <CardsComing />}
    </Cards>
  );
}
