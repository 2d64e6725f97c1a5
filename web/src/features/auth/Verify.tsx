import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { api } from "@/api/client";
import { loadSession, refreshSession } from "@/api/session";
import { Button } from "@/design/Button";
import { Spinner } from "@/design/Spinner";
import { Failure } from "@/design/States";
import { Frame } from "@/features/auth/Frame";
import { useFragment } from "@/features/auth/fragment";
import { keepWay } from "@/features/auth/wayBack";
import { t } from "@/i18n";

type Outcome = "confirmed" | "stranger";

/** The link of the mail that confirms an address. It asks for the account's own session: who is not signed in signs in first. */
export function Verify() {
  const token = useFragment().get("token");
  const { data, error, isFetching, refetch } = useQuery({
    queryKey: ["verify-email", token],
    enabled: token !== null,
    retry: false,
    // The token is good for one time, whoever turns out to be signed in.
    meta: { anyone: true },
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async (): Promise<Outcome> => {
      if (!(await loadSession())) return "stranger";
      await api.POST("/api/v1/auth/verify-email", { body: { token: token ?? "" } });
      await refreshSession();
      return "confirmed";
    },
  });
  if (token === null)
    return (
      <Frame title={t("auth.verify.title")} description={t("auth.verify.incomplete")}>
        <Continue />
      </Frame>
    );
  if (data === "stranger")
    return (
      <Frame title={t("auth.verify.title")} description={t("auth.verify.stranger")}>
        <Button asChild kind="primary" className="w-full">
          <Link to="/login" onClick={() => keepWay(`/verify-email#token=${encodeURIComponent(token)}`)}>
            {t("auth.login.action")}
          </Link>
        </Button>
      </Frame>
    );
  return (
    <Frame
      title={data ? t("auth.verify.done") : t("auth.verify.title")}
      description={data && t("auth.verify.doneHelp")}
    >
      {isFetching && (
        <p role="status" className="flex items-center gap-2 text-quiet">
          <Spinner /> {t("auth.verify.busy")}
        </p>
      )}
      {error && !isFetching && <Failure error={error} onRetry={() => void refetch()} />}
      {data && <Continue />}
    </Frame>
  );
}

function Continue() {
  return (
    <Button asChild kind="primary" className="w-full">
      <Link to="/create">{t("auth.continue")}</Link>
    </Button>
  );
}
