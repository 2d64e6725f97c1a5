import { Page } from "@/design/Layout";
import { t } from "@/i18n";

export function OrganisationPage() {
  return <Page title={t("team.organisation.title")}>{null}</Page>;
}
