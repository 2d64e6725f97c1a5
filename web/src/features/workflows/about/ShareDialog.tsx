import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { $api } from "@/api/client";
import type { Share, WorkflowDetails } from "@/api/schema.gen";
import { useMay } from "@/api/session";
import { Button } from "@/design/Button";
import { Dialog } from "@/design/Dialog";
import { Field } from "@/design/Field";
import { Select } from "@/design/Select";
import { Failure } from "@/design/States";
import { Links } from "@/features/workflows/about/Links";
import { LISTS, workflowKey } from "@/features/workflows/queries";
import { useT } from "@/i18n";

type Props = { workflow: WorkflowDetails; open: boolean; onOpenChange: (open: boolean) => void };
type Visibility = Share["visibility"];
const HELP = {
  private: "workflows.share.private",
  team: "workflows.share.teamHelp",
  link: "workflows.share.linkHelp",
  public: "workflows.share.publicHelp",
} as const;

/** Who sees a workflow, and links to it. */
export function ShareDialog(props: Props) {
  const t = useT();
  return (
    <Dialog
      open={props.open}
      onOpenChange={props.onOpenChange}
      title={t("workflows.share.title", { name: props.workflow.name })}
    >
      {props.open && <Sharing {...props} />}
    </Dialog>
  );
}

function Sharing({ workflow }: Props) {
  const t = useT();
  const client = useQueryClient();
  const seesTeams = useMay("team:read");
  const teams = $api.useQuery("get", "/api/v1/teams", {}, { enabled: seesTeams });
  const [visibility, setVisibility] = useState<Visibility>(workflow.visibility);
  const [team, setTeam] = useState(workflow.team_id ?? undefined);
  const share = $api.useMutation("post", "/api/v1/workflows/{workflow_id}/share", {
    meta: { quiet: true },
    onSuccess: (saved) => {
      client.setQueryData(workflowKey(workflow.id, undefined), saved);
      for (const queryKey of LISTS) void client.invalidateQueries({ queryKey });
    },
  });
  const chosen = team ?? teams.data?.items[0]?.id;
  const changed =
    visibility !== workflow.visibility || (visibility === "team" && chosen !== workflow.team_id);
  const teamless = visibility === "team" && teams.data?.items.length === 0;
  return (
    <div className="flex flex-col gap-4">
      <Field label={t("workflows.share.who")} note={t(HELP[visibility])}>
        {(ids) => (
          <Select
            ids={ids}
            value={visibility}
            onChange={(value) => setVisibility(value as Visibility)}
            options={(Object.keys(HELP) as Visibility[]).map((value) => ({
              value,
              label: t(`workflows.visibility.${value}`),
            }))}
          />
        )}
      </Field>
      {visibility === "team" && !teamless && (
        <Field label={t("workflows.share.team")}>
          {(ids) => (
            <Select
              ids={ids}
              value={chosen}
              onChange={setTeam}
              options={(teams.data?.items ?? []).map((one) => ({ value: one.id, label: one.name }))}
            />
          )}
        </Field>
      )}
      {teamless && <p className="text-sm text-warn">{t("workflows.share.noTeams")}</p>}
      {workflow.visibility === "link" && visibility !== "link" && (
        <p className="text-sm text-warn">{t("workflows.share.ends")}</p>
      )}
      {share.error && <Failure error={share.error} />}
      {changed && (
        <Button
          kind="primary"
          className="self-end"
          busy={share.isPending}
          disabled={visibility === "team" && !chosen}
          onClick={() =>
            share.mutate({
              params: { path: { workflow_id: workflow.id } },
              body: { visibility, team_id: visibility === "team" ? (chosen ?? null) : null },
            })
          }
        >
          {t("action.save")}
        </Button>
      )}
      <p role="status" className={share.isSuccess && !changed ? "text-sm text-good" : "sr-only"}>
        {share.isSuccess &&
          !changed &&
          t("workflows.share.saved", { who: t(`workflows.visibility.${visibility}`) })}
      </p>
      {workflow.visibility === "link" && !changed && <Links id={workflow.id} />}
    </div>
  );
}
