import { Page } from "@/design/Layout";
import { t } from "@/i18n";

export function Keys() {
  return <Page title={t("account.title")}>{null}</Page>;
}
