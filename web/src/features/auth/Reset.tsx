import { Link } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { $api } from "@/api/client";
import { signedOut } from "@/api/session";
import { Button } from "@/design/Button";
import { Failure } from "@/design/States";
import { Frame } from "@/features/auth/Frame";
import { useFragment } from "@/features/auth/fragment";
import { PasswordField } from "@/features/auth/Password";
import { wrong } from "@/features/auth/wrong";
import { t } from "@/i18n";

/** Sets a new password with the token of a mail. Ends all sessions, this browser's too. */
export function Reset() {
  const token = useFragment().get("token");
  const [password, setPassword] = useState("");
  const [error, setError] = useState<string>();
  const reset = $api.useMutation("post", "/api/v1/auth/reset-password", {
    meta: { quiet: true },
    onSuccess: () => signedOut(),
  });
  function submit(event: FormEvent) {
    event.preventDefault();
    const found = wrong({ fresh: password });
    setError(found.password);
    if (token && !found.password) reset.mutate({ body: { token, password } });
  }
  if (!token)
    return (
      <Frame title={t("auth.reset.title")} description={t("auth.reset.incomplete")}>
        <Button asChild kind="primary" className="w-full">
          <Link to="/forgot-password">{t("auth.reset.another")}</Link>
        </Button>
      </Frame>
    );
  if (reset.isSuccess)
    return (
      <Frame title={t("auth.reset.done")} description={t("auth.reset.doneHelp")}>
        <Button asChild kind="primary" className="w-full">
          <Link to="/login">{t("auth.login.action")}</Link>
        </Button>
      </Frame>
    );
  return (
    <Frame
      title={t("auth.reset.title")}
      description={t("auth.reset.description")}
      foot={
        <Link to="/forgot-password" className="text-accent-ink underline">
          {t("auth.reset.another")}
        </Link>
      }
    >
      <form onSubmit={submit} noValidate className="flex flex-col gap-4">
        <PasswordField
          fresh
          label={t("auth.passwordNew")}
          value={password}
          onChange={setPassword}
          error={error}
        />
        {reset.error && <Failure error={reset.error} />}
        <Button type="submit" kind="primary" busy={reset.isPending}>
          {t("auth.reset.action")}
        </Button>
      </form>
    </Frame>
  );
}
