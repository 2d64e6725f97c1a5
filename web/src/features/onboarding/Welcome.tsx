import { Page } from "@/design/Layout";
import { t } from "@/i18n";

export function Welcome() {
  return <Page title={t("onboarding.title")}>{null}</Page>;
}
