import { Page } from "@/design/Layout";
import { t } from "@/i18n";

export function Workflows() {
  return <Page title={t("workflows.title")}>{null}</Page>;
}
