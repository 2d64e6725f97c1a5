import { Page } from "@/design/Layout";
import { t } from "@/i18n";

export function Advanced() {
  return <Page title={t("advanced.title")}>{null}</Page>;
}
