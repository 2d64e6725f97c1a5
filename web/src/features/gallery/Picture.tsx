import { Page } from "@/design/Layout";
import { t } from "@/i18n";

export function Picture() {
  return <Page title={t("gallery.title")}>{null}</Page>;
}
