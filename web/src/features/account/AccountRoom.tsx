import { Outlet } from "@tanstack/react-router";
import { useMay } from "@/api/session";
import { SubNav } from "@/design/SubNav";
import { useT } from "@/i18n";

/** The bar above all pages of the account. */
export function AccountRoom() {
  const t = useT();
  const keys = useMay("api_key:read");
  return (
    <>
      <SubNav
        label={t("account.pages")}
        pages={[
          { to: "/account", label: t("account.profile.title") },
          { to: "/account/sessions", label: t("account.sessions.title") },
          ...(keys ? [{ to: "/account/keys", label: t("account.keys.title") }] : []),
        ]}
      />
      <Outlet />
    </>
  );
}
