import { Page } from "@/design/Layout";
import { t } from "@/i18n";

export function WorkflowPage() {
  return <Page title={t("workflows.title")}>{null}</Page>;
}
