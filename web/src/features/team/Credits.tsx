import { Page } from "@/design/Layout";
import { t } from "@/i18n";

export function Credits() {
  return <Page title={t("team.title")}>{null}</Page>;
}
