import { Page } from "@/design/Layout";
import { t } from "@/i18n";

export function Simple() {
  return <Page title={t("simple.title")}>{null}</Page>;
}
