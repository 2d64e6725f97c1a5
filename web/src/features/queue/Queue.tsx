import { Page } from "@/design/Layout";
import { t } from "@/i18n";

export function Queue() {
  return <Page title={t("queue.title")}>{null}</Page>;
}
