import { Page } from "@/design/Layout";
import { t } from "@/i18n";

export function Compare() {
  return <Page title={t("gallery.title")}>{null}</Page>;
}
