import { useMutation } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { $api, api } from "@/api/client";
import type { InvitationPreview, Me } from "@/api/schema.gen";
import { takeSession, useSession } from "@/api/session";
import { Button } from "@/design/Button";
import { TextField } from "@/design/Field";
import { Failure, Skeleton } from "@/design/States";
import { Frame } from "@/features/auth/Frame";
import { useFragment } from "@/features/auth/fragment";
import { PasswordField } from "@/features/auth/Password";
import { useSignIn } from "@/features/auth/useSignIn";
import { keepWay } from "@/features/auth/wayBack";
import { wrong } from "@/features/auth/wrong";
import { t } from "@/i18n";
import { roleName } from "@/lib/roles";

/** An invitation's link: says who invites to what, and lets one join with the account one has or with a new one. */
export function Invited() {
  const token = useFragment().get("token") ?? "";
  const me = useSession((session) => session.me);
  const { data, error } = $api.useQuery(
    "post",
    "/api/v1/invitations/preview",
    { body: { token } },
    // Not asked again when it has been accepted, which uses it up.
    { enabled: token !== "", retry: false, meta: { anyone: true } },
  );
  if (!token || error)
    return (
      <Frame
        title={t("auth.invited.title")}
        foot={
          <Link to="/" className="text-accent-ink underline">
            {t("auth.continue")}
          </Link>
        }
      >
        <Failure error={error ?? new Error(t("auth.invited.incomplete"))} />
      </Frame>
    );
  if (!data)
    return (
      <Frame title={t("auth.invited.title")}>
        <Skeleton className="h-40" />
      </Frame>
    );
  return (
    <Frame
      title={t("auth.invited.join", { name: data.organisation })}
      description={t("auth.invited.as", { email: data.email, role: roleName(data.role) })}
    >
      <Way token={token} to={data} me={me ?? null} />
    </Frame>
  );
}

function Way({ token, to, me }: { token: string; to: InvitationPreview; me: Me | null }) {
  if (me && me.email.toLowerCase() === to.email.toLowerCase()) return <Accept token={token} />;
  if (!to.has_account) return <Fresh token={token} />;
  return (
    <div className="flex flex-col gap-4">
      <p className="text-sm text-quiet">
        {me ? t("auth.invited.other", { email: me.email }) : t("auth.invited.known")}
      </p>
      <Button asChild kind="primary">
        <Link to="/login" onClick={() => keepWay(`/invitation#token=${encodeURIComponent(token)}`)}>
          {t("auth.login.action")}
        </Link>
      </Button>
    </div>
  );
}

/** With the account that one is signed in with: joins, and goes on in that organisation. */
function Accept({ token }: { token: string }) {
  const join = useMutation({
    meta: { quiet: true },
    mutationFn: async () => {
      const { data } = await api.POST("/api/v1/invitations/accept", { body: { token } });
      if (data)
        takeSession((await api.POST("/api/v1/browser/switch", { body: { organisation_id: data.id } })).data);
    },
    // What is kept of the organisation before goes with the page.
    onSuccess: () => location.assign("/"),
  });
  return (
    <div className="flex flex-col gap-4">
      {join.error && <Failure error={join.error} />}
      <Button kind="primary" busy={join.isPending || join.isSuccess} onClick={() => join.mutate()}>
        {t("auth.invited.accept")}
      </Button>
    </div>
  );
}

/** With a new account for the invited address. */
function Fresh({ token }: { token: string }) {
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const [found, setFound] = useState<Record<string, string>>({});
  const register = useSignIn(
    (body: { token: string; name: string; password: string }) =>
      api.POST("/api/v1/browser/invitations/register", { body }),
    "/welcome",
  );
  function submit(event: FormEvent) {
    event.preventDefault();
    const errors = wrong({ name, fresh: password });
    setFound(errors);
    if (!Object.keys(errors).length) register.mutate({ token, name: name.trim(), password });
  }
  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-4">
      <TextField
        label={t("auth.name")}
        name="name"
        required
        maxLength={100}
        autoComplete="name"
        value={name}
        onChange={setName}
        error={found.name ?? register.errors.name}
      />
      <PasswordField
        fresh
        value={password}
        onChange={setPassword}
        error={found.password ?? register.errors.password}
      />
      {register.failure && <Failure error={register.failure} />}
      <Button type="submit" kind="primary" busy={register.isPending || register.isSuccess}>
        {t("auth.invited.register")}
      </Button>
    </form>
  );
}
