import { useSession } from "@/api/session";
import { Page } from "@/design/Layout";
import { AboutYou } from "@/features/account/AboutYou";
import { Password } from "@/features/account/Password";
import { PreferencesCard } from "@/features/account/PreferencesCard";
import { useT } from "@/i18n";

/** Who one is here, and how one signs in. */
export function Account() {
  const t = useT();
  const me = useSession((session) => session.me);
  return (
    <Page title={t("account.profile.title")} description={t("account.profile.about")}>
      {me && (
        <div className="grid items-start gap-4 lg:grid-cols-2">
          <AboutYou me={me} />
          <div className="grid gap-4">
            <Password me={me} />
            <PreferencesCard />
          </div>
        </div>
      )}
    </Page>
  );
}
