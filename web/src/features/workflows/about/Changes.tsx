import { $api } from "@/api/client";
import { Failure, Skeleton } from "@/design/States";
import { spaced } from "@/features/workflows/form/graph";
import { ofWorkflow } from "@/features/workflows/queries";
import { useT } from "@/i18n";

const MOST = 80;

/** What is different in one version from another, in sentences. */
export function Changes({
  id,
  link,
  from,
  to,
}: {
  id: string;
  link: string | undefined;
  from: number;
  to: number;
}) {
  const t = useT();
  const { params } = ofWorkflow(id, link);
  const { data, error } = $api.useQuery(
    "get",
    "/api/v1/workflows/{workflow_id}/diff",
    { params: { ...params, query: { from_version: from, to_version: to } } },
    { staleTime: Number.POSITIVE_INFINITY },
  );
  if (error) return <Failure error={error} />;
  if (!data) return <Skeleton className="mt-2 h-10" />;
  const name = (node: { node: string; class_type: string }) => `${spaced(node.class_type)} #${node.node}`;
  const value = (given: unknown) => {
    if (given === null || given === undefined) return t("workflows.versions.nothing");
    const text = typeof given === "string" ? `“${given}”` : JSON.stringify(given);
    return text.length > MOST ? `${text.slice(0, MOST)}…` : text;
  };
  const lines = [
    data.added.length > 0 && t("workflows.versions.added", { names: data.added.map(name).join(", ") }),
    data.removed.length > 0 && t("workflows.versions.removed", { names: data.removed.map(name).join(", ") }),
    ...data.changed.flatMap((node) => {
      const of = name({ node: node.node, class_type: node.class_after });
      return [
        ...node.inputs.map((input) =>
          t("workflows.versions.changed", {
            name: of,
            input: input.name,
            before: value(input.before),
            after: value(input.after),
          }),
        ),
        ...node.links.map((input) => t("workflows.versions.relinked", { name: of, input: input.name })),
      ];
    }),
    data.layout_changed && t("workflows.versions.layout"),
  ].filter((line) => line !== false);
  return (
    <ul className="mt-2 flex list-disc flex-col gap-1 rounded-control bg-hover/50 py-2 pr-3 pl-7 text-sm [overflow-wrap:anywhere]">
      {lines.length === 0 ? (
        <li>{t("workflows.versions.same")}</li>
      ) : (
        lines.map((line) => <li key={line}>{line}</li>)
      )}
    </ul>
  );
}
