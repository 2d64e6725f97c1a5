import { Page } from "@/design/Layout";
import { t } from "@/i18n";

export function Roles() {
  return <Page title={t("team.title")}>{null}</Page>;
}
