import { Link } from "@tanstack/react-router";
import { MailCheck } from "lucide-react";
import { type FormEvent, useState } from "react";
import { $api } from "@/api/client";
import { Button } from "@/design/Button";
import { TextField } from "@/design/Field";
import { Failure } from "@/design/States";
import { Frame } from "@/features/auth/Frame";
import { wrong } from "@/features/auth/wrong";
import { t } from "@/i18n";

/** Asks for a mail to set a new password. It says the same whether or not there is such an account. */
export function Forgot() {
  const [email, setEmail] = useState("");
  const [error, setError] = useState<string>();
  const ask = $api.useMutation("post", "/api/v1/auth/forgot-password", { meta: { quiet: true } });
  function submit(event: FormEvent) {
    event.preventDefault();
    const { email: found } = wrong({ email });
    setError(found);
    if (!found) ask.mutate({ body: { email: email.trim() } });
  }
  const foot = (
    <Link to="/login" className="text-accent-ink underline">
      {t("auth.back")}
    </Link>
  );
  if (ask.isSuccess)
    return (
      <Frame
        title={t("auth.forgot.sent")}
        description={t("auth.forgot.sentTo", { email: email.trim() })}
        foot={foot}
      >
        <div role="status" className="flex items-start gap-3 text-sm text-quiet">
          <MailCheck size={20} className="shrink-0 text-good" aria-hidden="true" />
          {t("auth.forgot.sentHelp")}
        </div>
        <Button className="mt-5 w-full" onClick={() => ask.reset()}>
          {t("auth.forgot.again")}
        </Button>
      </Frame>
    );
  return (
    <Frame title={t("auth.forgot.title")} description={t("auth.forgot.description")} foot={foot}>
      <form onSubmit={submit} noValidate className="flex flex-col gap-4">
        <TextField
          label={t("auth.email")}
          type="email"
          name="email"
          required
          autoComplete="username"
          value={email}
          onChange={setEmail}
          error={error}
        />
        {ask.error && <Failure error={ask.error} />}
        <Button type="submit" kind="primary" busy={ask.isPending}>
          {t("auth.forgot.action")}
        </Button>
      </form>
    </Frame>
  );
}
