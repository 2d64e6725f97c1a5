import { Page } from "@/design/Layout";
import { t } from "@/i18n";

export function Teams() {
  return <Page title={t("team.teams.title")}>{null}</Page>;
}
