import { Page } from "@/design/Layout";
import { t } from "@/i18n";

export function Audit() {
  return <Page title={t("team.title")}>{null}</Page>;
}
