import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Copy, Download, Ellipsis, GitFork, Pencil, Share2, Star, Trash2 } from "lucide-react";
import { useState } from "react";
import { $api } from "@/api/client";
import type { WorkflowDetails } from "@/api/schema.gen";
import { useMay } from "@/api/session";
import { Button, IconButton } from "@/design/Button";
import { Confirm } from "@/design/Dialog";
import { Menu, type MenuEntry } from "@/design/Menu";
import { toast } from "@/design/Toaster";
import { EditDialog } from "@/features/workflows/about/EditDialog";
import { exportFile, FORMS } from "@/features/workflows/about/exportFile";
import { ShareDialog } from "@/features/workflows/about/ShareDialog";
import { LISTS, ofWorkflow, workflowKey } from "@/features/workflows/queries";
import { useT } from "@/i18n";
import { once } from "@/jobs/press";

const ICON = { size: 16, "aria-hidden": true } as const;

/** What can be done with a workflow beside running it. */
export function Actions({
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
  const navigate = useNavigate();
  const mayKeep = useMay("workflow:create");
  const [dialog, setDialog] = useState<"edit" | "share" | "delete" | null>(null);
  const shut = (open: boolean) => !open && setDialog(null);
  const lists = () => {
    for (const queryKey of LISTS) void client.invalidateQueries({ queryKey });
  };
  const copied = {
    onSuccess: (made: WorkflowDetails) => {
      lists();
      toast.success(t("workflows.about.made", { name: made.name }));
      void navigate({ to: "/workflows/$workflowId", params: { workflowId: made.id }, hash: "" });
    },
  };
  const duplicate = $api.useMutation("post", "/api/v1/workflows/{workflow_id}/duplicate", copied);
  const fork = $api.useMutation("post", "/api/v1/workflows/{workflow_id}/fork", copied);
  const remove = $api.useMutation("delete", "/api/v1/workflows/{workflow_id}", {
    onSuccess: async () => {
      // What is kept of it stays in the cache: the page may still be there for a moment, and would ask for what is gone.
      await navigate({ to: "/workflows" });
      lists();
      toast.success(t("workflows.about.deleted", { name: workflow.name }));
    },
  });
  const star = $api.useMutation("put", "/api/v1/workflows/{workflow_id}/star", { onSettled: starred });
  const unstar = $api.useMutation("delete", "/api/v1/workflows/{workflow_id}/star", { onSettled: starred });
  function starred() {
    void client.invalidateQueries({ queryKey: workflowKey(workflow.id, link) });
    lists();
  }
  const { params } = ofWorkflow(workflow.id, link);
  const copy = () =>
    void once(`copy ${workflow.id} ${link ?? ""}`, (key) => {
      const keyed = { ...params, header: { ...params.header, "Idempotency-Key": key } };
      return (workflow.mine ? duplicate : fork).mutateAsync({ params: keyed, body: {} });
      // The mutation has told of it.
    }).catch(() => undefined);

  const entries: MenuEntry[] = [
    ...(mayChange
      ? [{ label: t("workflows.about.edit"), icon: <Pencil {...ICON} />, onSelect: () => setDialog("edit") }]
      : []),
    ...(mayKeep && workflow.mine
      ? [{ label: t("workflows.about.duplicate"), icon: <Copy {...ICON} />, onSelect: copy }]
      : []),
    "line",
    ...FORMS.map(({ form, name, note }) => ({
      label: `${t("workflows.about.export")}: ${t(name)}`,
      note: t(note),
      icon: <Download {...ICON} />,
      onSelect: () => void exportFile(workflow, form, link),
    })),
    ...(mayChange
      ? ([
          "line",
          {
            label: t("workflows.about.delete"),
            icon: <Trash2 {...ICON} />,
            danger: true,
            onSelect: () => setDialog("delete"),
          },
        ] satisfies MenuEntry[])
      : []),
  ];

  return (
    <>
      {mayKeep && !workflow.mine && (
        <Button kind="normal" busy={fork.isPending} onClick={copy}>
          <GitFork {...ICON} />
          {t("workflows.about.fork")}
        </Button>
      )}
      {mayChange && (
        <Button onClick={() => setDialog("share")}>
          <Share2 {...ICON} />
          {t("workflows.share.open")}
        </Button>
      )}
      <IconButton
        label={workflow.starred ? t("workflows.unstar") : t("workflows.star")}
        kind="normal"
        className="size-10!"
        aria-pressed={workflow.starred}
        disabled={star.isPending || unstar.isPending}
        onClick={() => (workflow.starred ? unstar : star).mutate({ params })}
      >
        <Star {...ICON} className={workflow.starred ? "fill-accent text-accent" : undefined} />
      </IconButton>
      <Menu
        trigger={
          <IconButton label={t("workflows.about.menu")} kind="normal" className="size-10!">
            <Ellipsis size={18} aria-hidden="true" />
          </IconButton>
        }
        entries={entries}
      />
      <EditDialog workflow={workflow} open={dialog === "edit"} onOpenChange={shut} />
      <ShareDialog workflow={workflow} open={dialog === "share"} onOpenChange={shut} />
      <Confirm
        open={dialog === "delete"}
        onOpenChange={shut}
        title={t("workflows.about.deleteTitle", { name: workflow.name })}
        description={t("workflows.about.deleteHelp", { count: workflow.version })}
        action={t("workflows.about.delete")}
        busy={remove.isPending}
        onConfirm={() => remove.mutate({ params: { path: { workflow_id: workflow.id } } })}
      />
    </>
  );
}
