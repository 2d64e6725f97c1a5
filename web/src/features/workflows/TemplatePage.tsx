import { useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { BookmarkPlus } from "lucide-react";
import { $api } from "@/api/client";
import type { NewJob, TemplateDetails } from "@/api/schema.gen";
import { useMay } from "@/api/session";
import { Button } from "@/design/Button";
import { Badge, Page } from "@/design/Layout";
import { Empty, Skeleton } from "@/design/States";
import { toast } from "@/design/Toaster";
import { FormAndRun } from "@/features/workflows/FormAndRun";
import type { RawGraph } from "@/features/workflows/form/graph";
import { type Overrides, withValues } from "@/features/workflows/form/values";
import { LISTS, workflowKey } from "@/features/workflows/queries";
import { PREVIEW_EVERY, type Run } from "@/features/workflows/run/useRun";
import { useT } from "@/i18n";
import { once } from "@/jobs/press";
import { useTitle } from "@/lib/title";

/** A workflow that comes with the studio: run as it is, or kept as one's own. */
export function TemplatePage() {
  const t = useT();
  const { name } = useParams({ strict: false }) as { name: string };
  const { data, error } = $api.useQuery(
    "get",
    "/api/v1/workflows/templates/{name}",
    { params: { path: { name } } },
    { staleTime: Number.POSITIVE_INFINITY },
  );
  useTitle(data?.title ?? t("workflows.about.template"));
  if (error)
    return (
      <Page title={t("workflows.about.template")}>
        <Empty
          title={t("problem.notFound")}
          action={
            <Button asChild>
              <Link to="/workflows" search={{ show: "templates" } as never}>
                {t("workflows.list.toTemplates")}
              </Link>
            </Button>
          }
        />
      </Page>
    );
  if (!data)
    return (
      <Page title={t("workflows.about.template")} wide>
        <Skeleton className="h-96 rounded-card" />
      </Page>
    );
  return <Shown template={data} />;
}

function Shown({ template }: { template: TemplateDetails }) {
  const t = useT();
  const navigate = useNavigate();
  const client = useQueryClient();
  const mayKeep = useMay("workflow:create");
  const graph = template.graph as RawGraph;
  const keep = $api.useMutation("post", "/api/v1/workflows", {
    onSuccess: (made) => {
      client.setQueryData(workflowKey(made.id, undefined), made);
      for (const queryKey of LISTS) void client.invalidateQueries({ queryKey });
      toast.success(t("workflows.about.kept", { name: made.name }));
      void navigate({ to: "/workflows/$workflowId", params: { workflowId: made.id } });
    },
  });
  const runOf = (overrides: Overrides, teamId: string | null): Run => ({
    workflow: null,
    body: {
      request: { kind: "workflow", graph: withValues(graph, overrides), preview_every: PREVIEW_EVERY },
      team_id: teamId,
    } as NewJob,
  });
  return (
    <Page
      title={template.title}
      wide
      description={
        <span className="flex flex-col gap-1.5">
          <span>{template.description}</span>
          <span className="flex flex-wrap gap-2">
            <Badge>{t("workflows.about.template")}</Badge>
            {template.tags.map((tag) => (
              <Badge key={tag} tone="accent">
                {tag}
              </Badge>
            ))}
          </span>
        </span>
      }
      actions={
        mayKeep && (
          <Button
            busy={keep.isPending}
            onClick={() =>
              void once(`keep ${template.name}`, (key) =>
                keep.mutateAsync({
                  params: { header: { "Idempotency-Key": key } },
                  body: {
                    name: template.title,
                    description: template.description,
                    tags: template.tags,
                    graph: template.graph as never,
                    document: template.document,
                  },
                }),
              ).catch(() => undefined)
            }
          >
            <BookmarkPlus size={16} aria-hidden="true" />
            {t("workflows.about.keep")}
          </Button>
        )
      }
    >
      <FormAndRun id={`template:${template.name}`} graph={graph} runOf={runOf} />
    </Page>
  );
}
