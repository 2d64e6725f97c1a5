import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { $api } from "@/api/client";
import { ApiProblem } from "@/api/problem";
import type { WorkflowDetails } from "@/api/schema.gen";
import { Button } from "@/design/Button";
import { Dialog } from "@/design/Dialog";
import { Field, INPUT, TextField } from "@/design/Field";
import { Failure } from "@/design/States";
import { LISTS, workflowKey } from "@/features/workflows/queries";
import { useT } from "@/i18n";

type Props = { workflow: WorkflowDetails; open: boolean; onOpenChange: (open: boolean) => void };

/** Name, description and tags. */
export function EditDialog(props: Props) {
  const t = useT();
  return (
    <Dialog open={props.open} onOpenChange={props.onOpenChange} title={t("workflows.about.edit")}>
      {props.open && <Editing {...props} />}
    </Dialog>
  );
}

function Editing({ workflow, onOpenChange }: Props) {
  const t = useT();
  const client = useQueryClient();
  const [name, setName] = useState(workflow.name);
  const [description, setDescription] = useState(workflow.description);
  const [tags, setTags] = useState(workflow.tags.join(", "));
  const save = $api.useMutation("patch", "/api/v1/workflows/{workflow_id}", {
    meta: { quiet: true },
    onSuccess: (saved) => {
      client.setQueryData(workflowKey(workflow.id, undefined), saved);
      for (const queryKey of LISTS) void client.invalidateQueries({ queryKey });
      onOpenChange(false);
    },
  });
  const fields =
    (save.error as unknown) instanceof ApiProblem ? (save.error as unknown as ApiProblem).fields : {};
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        const body = {
          name: name.trim(),
          description: description.trim(),
          tags: [...new Set(tags.split(",").map((tag) => tag.trim()))].filter(Boolean),
        };
        save.mutate({ params: { path: { workflow_id: workflow.id } }, body });
      }}
    >
      <TextField
        label={t("workflows.about.name")}
        value={name}
        onChange={setName}
        maxLength={200}
        error={name.trim() ? fields.name : t("workflows.about.nameNeeded")}
      />
      <Field label={t("workflows.about.descriptionField")} error={fields.description}>
        {(ids) => (
          <textarea
            {...ids}
            rows={4}
            maxLength={10_000}
            className={INPUT}
            value={description}
            onChange={(event) => setDescription(event.target.value)}
          />
        )}
      </Field>
      <TextField
        label={t("workflows.about.tags")}
        note={t("workflows.about.tagsNote")}
        value={tags}
        onChange={setTags}
        error={Object.entries(fields).find(([path]) => path.startsWith("tags"))?.[1]}
      />
      {save.error && Object.keys(fields).length === 0 && <Failure error={save.error} />}
      <div className="flex justify-end gap-2">
        <Button onClick={() => onOpenChange(false)}>{t("action.cancel")}</Button>
        <Button kind="primary" type="submit" busy={save.isPending} disabled={!name.trim()}>
          {t("action.save")}
        </Button>
      </div>
    </form>
  );
}
