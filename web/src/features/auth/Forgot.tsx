import { Page } from "@/design/Layout";
import { t } from "@/i18n";

export function Forgot() {
  return <Page title={t("auth.title")}>{null}</Page>;
}
