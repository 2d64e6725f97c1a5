import { useQuery } from "@tanstack/react-query";
import { Link, useRouter, useSearch } from "@tanstack/react-router";
import { api } from "@/api/client";
import { takeSession } from "@/api/session";
import { Button } from "@/design/Button";
import { Spinner } from "@/design/Spinner";
import { Failure } from "@/design/States";
import { Frame } from "@/features/auth/Frame";
import { useFragment } from "@/features/auth/fragment";
import { type Text, t } from "@/i18n";
import { ownPath } from "@/lib/ownPath";

const REASONS: Record<string, Text> = {
  access_denied: "auth.oauth.access_denied",
  email_unverified: "auth.oauth.email_unverified",
  account_unconfirmed: "auth.oauth.account_unconfirmed",
  account_disabled: "auth.oauth.account_disabled",
  provider_unavailable: "auth.oauth.provider_unavailable",
  not_begun: "auth.oauth.not_begun",
};

/** Where a login through a provider ends: swaps its code for this browser's session. */
export function OAuth() {
  const fragment = useFragment();
  const { next } = useSearch({ from: "/login/oauth" });
  const router = useRouter();
  const code = fragment.get("login_code");
  const refused = fragment.get("login_error");
  const { error } = useQuery({
    queryKey: ["oauth", code],
    enabled: code !== null,
    retry: false,
    // A code is good for one time: signing in with it must not lead to asking again.
    meta: { anyone: true },
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async () => {
      const { data } = await api.POST("/api/v1/browser/oauth/exchange", { body: { code: code ?? "" } });
      takeSession(data);
      router.history.replace(ownPath(next));
      return true;
    },
  });
  const reason = refused
    ? t(REASONS[refused] ?? "auth.oauth.provider_error")
    : code
      ? null
      : t("auth.oauth.empty");
  if (!reason && !error)
    return (
      <Frame title={t("auth.oauth.title")}>
        <p role="status" className="flex items-center gap-2 text-quiet">
          <Spinner /> {t("auth.oauth.busy")}
        </p>
      </Frame>
    );
  return (
    <Frame title={t("auth.oauth.failed")}>
      <div className="flex flex-col gap-4">
        <Failure error={error ?? new Error(reason ?? "")} />
        <Button asChild kind="primary">
          <Link to="/login" search={next ? { next } : {}}>
            {t("auth.back")}
          </Link>
        </Button>
      </div>
    </Frame>
  );
}
