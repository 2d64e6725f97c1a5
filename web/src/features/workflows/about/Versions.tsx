import { useQueryClient } from "@tanstack/react-query";
import { History } from "lucide-react";
import { useState } from "react";
import { $api, api } from "@/api/client";
import { usePages } from "@/api/pages";
import type { Version, WorkflowDetails } from "@/api/schema.gen";
import { Button } from "@/design/Button";
import { Badge, Card } from "@/design/Layout";
import { Moment } from "@/design/Moment";
import { Failure, Skeleton } from "@/design/States";
import { toast } from "@/design/Toaster";
import { Changes } from "@/features/workflows/about/Changes";
import { LISTS, ofWorkflow, workflowKey } from "@/features/workflows/queries";
import { useT } from "@/i18n";

const PATH = "/api/v1/workflows/{workflow_id}/versions";
const PAGE = 20;

/** Every version that was saved: what changed in it, and a way back. */
export function Versions({
  workflow,
  link,
  mayChange,
}: {
  workflow: WorkflowDetails;
  link: string | undefined;
  mayChange: boolean;
}) {
  const t = useT();
  const client = useQueryClient();
  const key = ["get", PATH, workflow.id, workflow.version, link];
  const list = usePages<Version>(key, async (at, signal) => {
    const { params } = ofWorkflow(workflow.id, link);
    return (await api.GET(PATH, { params: { ...params, query: { limit: PAGE, ...at } }, signal })).data;
  });
  const restore = $api.useMutation("post", `${PATH}/{number}/restore`, {
    onSuccess: (saved) => {
      client.setQueryData(workflowKey(workflow.id, link), saved);
      for (const queryKey of LISTS) void client.invalidateQueries({ queryKey });
    },
  });
  const back = (number: number, undoes: boolean) => {
    const before = workflow.version;
    restore.mutate(
      { params: { path: { workflow_id: workflow.id, number } } },
      {
        onSuccess: (saved) =>
          toast(t("workflows.versions.restored", { from: number, to: saved.version }), {
            ...(undoes ? {} : { action: { label: t("action.undo"), onClick: () => back(before, true) } }),
          }),
      },
    );
  };

  return (
    <Card title={t("workflows.versions.title")}>
      {list.error && <Failure error={list.error} onRetry={() => void list.refetch()} />}
      {list.isPending && <Skeleton className="h-14" />}
      <ul className="flex flex-col divide-y divide-line">
        {list.items?.map((version) => (
          <Row
            key={version.number}
            version={version}
            workflow={workflow}
            link={link}
            {...(mayChange && version.number !== workflow.version
              ? { onRestore: () => back(version.number, false) }
              : {})}
            busy={restore.isPending}
          />
        ))}
      </ul>
      {list.hasNextPage && (
        <Button
          size="sm"
          className="mt-3"
          busy={list.isFetchingNextPage}
          onClick={() => void list.fetchNextPage()}
        >
          {t("workflows.versions.more")}
        </Button>
      )}
    </Card>
  );
}

function Row({
  version,
  workflow,
  link,
  onRestore,
  busy,
}: {
  version: Version;
  workflow: WorkflowDetails;
  link: string | undefined;
  onRestore?: () => void;
  busy: boolean;
}) {
  const t = useT();
  const [open, setOpen] = useState(false);
  return (
    <li className="py-2.5">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <span className="font-medium">{t("workflows.list.version", { number: version.number })}</span>
        {version.number === workflow.version && (
          <Badge tone="accent">{t("workflows.versions.current")}</Badge>
        )}
        <span className="min-w-0 flex-1 basis-40 truncate">
          {version.message || t("workflows.versions.none")}
        </span>
        <span className="text-sm text-quiet">
          {t("workflows.versions.by", { author: version.author })} · <Moment at={version.created_at} />
        </span>
        <span className="flex gap-1">
          {version.number > 1 && (
            <Button size="sm" kind="ghost" aria-expanded={open} onClick={() => setOpen(!open)}>
              {open ? t("workflows.versions.hide") : t("workflows.versions.changes")}
            </Button>
          )}
          {onRestore && (
            <Button size="sm" busy={busy} onClick={onRestore}>
              <History size={15} aria-hidden="true" />
              {t("workflows.versions.restore")}
            </Button>
          )}
        </span>
      </div>
      {open && <Changes id={workflow.id} link={link} from={version.number - 1} to={version.number} />}
    </li>
  );
}
