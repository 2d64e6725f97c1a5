import { Link, useLocation, useParams } from "@tanstack/react-router";
import { useCallback, useRef } from "react";
import { api } from "@/api/client";
import { ApiProblem, sentence } from "@/api/problem";
import { queryClient } from "@/api/queryClient";
import type { WorkflowDetails } from "@/api/schema.gen";
import { useMay, useSession } from "@/api/session";
import { Button } from "@/design/Button";
import { Badge, Page } from "@/design/Layout";
import { Empty, Failure, Skeleton } from "@/design/States";
import { toast } from "@/design/Toaster";
import { Actions } from "@/features/workflows/about/Actions";
import { Versions } from "@/features/workflows/about/Versions";
import { FormAndRun } from "@/features/workflows/FormAndRun";
import type { RawGraph } from "@/features/workflows/form/graph";
import type { Overrides } from "@/features/workflows/form/values";
import { LISTS, useWorkflow, workflowKey } from "@/features/workflows/queries";
import { PREVIEW_EVERY, type Run } from "@/features/workflows/run/useRun";
import { useT } from "@/i18n";
import { useTitle } from "@/lib/title";

/** A kept workflow: its inputs as a form, what it paints, its versions. */
export function WorkflowPage() {
  const t = useT();
  const { workflowId } = useParams({ strict: false }) as { workflowId: string };
  const link = useLink(workflowId);
  const { data, error, refetch } = useWorkflow(workflowId, link);
  useTitle(data?.name ?? t("workflows.title"));
  const problem: unknown = error;
  if (problem instanceof ApiProblem && problem.status === 404)
    return (
      <Page title={t("workflows.title")}>
        <Empty
          title={t("problem.notFound")}
          action={
            <Button asChild>
              <Link to="/workflows">{t("workflows.title")}</Link>
            </Button>
          }
        >
          {t("problem.notFoundHelp")}
        </Empty>
      </Page>
    );
  if (problem)
    return (
      <Page title={t("workflows.title")}>
        <Failure error={problem} onRetry={() => void refetch()} />
      </Page>
    );
  if (!data)
    return (
      <Page title={t("workflows.title")} wide>
        <Skeleton className="h-96 rounded-card" />
      </Page>
    );
  return <Shown key={data.id} workflow={data} link={link} />;
}

/**
 * The token of the link that one came by: it stands behind "#", and is sent to the server as a header alone. While
 * another page is coming the address is that one's already: the token stays that of the workflow that is shown.
 */
function useLink(workflowId: string): string | undefined {
  const hash = useLocation({
    select: (location) => (location.pathname.endsWith(`/${workflowId}`) ? location.hash : undefined),
  });
  const kept = useRef({ workflowId, link: hash });
  if (hash !== undefined) kept.current = { workflowId, link: hash };
  return kept.current.workflowId === workflowId ? kept.current.link || undefined : undefined;
}

function Shown({ workflow, link }: { workflow: WorkflowDetails; link: string | undefined }) {
  const t = useT();
  const own = useMay("workflow:create");
  const manages = useMay("workflow:manage");
  const me = useSession((session) => session.me?.id);
  // Of other organisations' workflows there is no `user_id`.
  const mayChange = own && (workflow.mine || (manages && workflow.user_id !== null));
  const { id, version } = workflow;
  const runOf = useCallback(
    (inputs: Overrides, teamId: string | null): Run => ({
      workflow: id,
      link,
      body: { version, inputs: inputs as never, preview_every: PREVIEW_EVERY, team_id: teamId },
    }),
    [id, link, version],
  );
  const onPicture = useCallback(
    async (assetId: string) => {
      try {
        const path = { workflow_id: id };
        const { data } = await api.PATCH("/api/v1/workflows/{workflow_id}", {
          params: { path },
          body: { thumbnail_asset_id: assetId },
        });
        if (data) queryClient.setQueryData(workflowKey(id, link), data);
        for (const queryKey of LISTS) void queryClient.invalidateQueries({ queryKey });
        toast.success(t("workflows.run.asPictureDone"));
      } catch (error) {
        toast.error(sentence(error));
      }
    },
    [id, link, t],
  );
  return (
    <Page
      title={workflow.name}
      wide
      description={
        <span className="flex flex-col gap-1.5">
          {workflow.description && (
            <span className="max-w-prose whitespace-pre-line [overflow-wrap:anywhere]">
              {workflow.description}
            </span>
          )}
          <span className="flex flex-wrap items-center gap-2 text-sm">
            <Badge>{t(`workflows.visibility.${workflow.visibility}`)}</Badge>
            <Badge>{t("workflows.list.version", { number: version })}</Badge>
            {workflow.tags.map((tag) => (
              <Badge key={tag} tone="accent">
                {tag}
              </Badge>
            ))}
            {workflow.user_id !== me && <span>{t("workflows.list.by", { author: workflow.author })}</span>}
          </span>
        </span>
      }
      actions={<Actions workflow={workflow} link={link} mayChange={mayChange} />}
    >
      <FormAndRun
        id={id}
        graph={workflow.current.graph as RawGraph}
        runOf={runOf}
        onPicture={mayChange ? (assetId) => void onPicture(assetId) : undefined}
      >
        <Versions workflow={workflow} link={link} mayChange={mayChange} />
      </FormAndRun>
    </Page>
  );
}
