import { api } from "@/api/client";
import { sentence } from "@/api/problem";
import type { WorkflowDetails } from "@/api/schema.gen";
import { toast } from "@/design/Toaster";
import { ofWorkflow } from "@/features/workflows/queries";
import { download } from "@/pictures/urls";

/** The forms that a workflow can be taken away in. */
export const FORMS = [
  { form: "native", name: "workflows.about.exportNative", note: "workflows.about.exportNativeNote" },
  { form: "api", name: "workflows.about.exportApi", note: "workflows.about.exportApiNote" },
  { form: "editor", name: "workflows.about.exportEditor", note: "workflows.about.exportEditorNote" },
] as const;

/** Has the browser save a workflow. By `fetch`, as a link can send no header. Numbers stay to the last digit. */
export async function exportFile(
  workflow: WorkflowDetails,
  form: (typeof FORMS)[number]["form"],
  link: string | undefined,
): Promise<void> {
  try {
    const { params } = ofWorkflow(workflow.id, link);
    const { data } = await api.GET("/api/v1/workflows/{workflow_id}/export", {
      params: { ...params, query: { form } },
      parseAs: "blob",
    });
    if (!data) return;
    const url = URL.createObjectURL(data as unknown as Blob);
    const suffix = form === "native" ? "" : `-${form}`;
    download(url, `${workflow.name.replaceAll(/[/\\:*?"<>|\p{Cc}]+/gu, "_")}${suffix}.json`);
    setTimeout(() => URL.revokeObjectURL(url), 60_000);
  } catch (error) {
    toast.error(sentence(error));
  }
}
