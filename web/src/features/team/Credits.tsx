import { Guard } from "@/design/Guard";
import { Page } from "@/design/Layout";
import { Balance } from "@/features/team/credits/Balance";
import { History } from "@/features/team/credits/History";
import { Limits } from "@/features/team/credits/Limits";
import { Prices } from "@/features/team/credits/Prices";
import { useT } from "@/i18n";

/** What there is, what may be spent, what things cost, and all that happened. */
export function Credits() {
  const t = useT();
  return (
    <Guard permission="credit:read" title={t("team.credits.title")}>
      <Page title={t("team.credits.title")} description={t("team.credits.about")}>
        <div className="grid gap-4">
          <Balance />
          <Limits />
          <History />
          <Prices />
        </div>
      </Page>
    </Guard>
  );
}
