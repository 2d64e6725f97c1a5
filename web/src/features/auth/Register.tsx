import { Link, useSearch } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { api } from "@/api/client";
import { Button } from "@/design/Button";
import { TextField } from "@/design/Field";
import { Failure } from "@/design/States";
import { Frame } from "@/features/auth/Frame";
import { PasswordField } from "@/features/auth/Password";
import { Providers } from "@/features/auth/Providers";
import { useSignIn } from "@/features/auth/useSignIn";
import { introduced } from "@/features/auth/wayBack";
import { wrong } from "@/features/auth/wrong";
import { t } from "@/i18n";

/** A new account, with an organisation of its own. */
export function Register() {
  const { next } = useSearch({ from: "/register" });
  const [name, setName] = useState("");
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [found, setFound] = useState<Record<string, string>>({});
  const register = useSignIn(
    (body: { name: string; email: string; password: string }) =>
      api.POST("/api/v1/browser/register", { body }),
    introduced(next),
  );
  function submit(event: FormEvent) {
    event.preventDefault();
    const errors = wrong({ name, email, fresh: password });
    setFound(errors);
    if (!Object.keys(errors).length) register.mutate({ name: name.trim(), email: email.trim(), password });
  }
  return (
    <Frame
      title={t("auth.register.title")}
      description={t("auth.register.description")}
      foot={
        <>
          {t("auth.register.known")}{" "}
          <Link to="/login" search={next ? { next } : {}} className="text-accent-ink underline">
            {t("auth.login.action")}
          </Link>
        </>
      }
    >
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
        <TextField
          label={t("auth.email")}
          type="email"
          name="email"
          required
          autoComplete="username"
          value={email}
          onChange={setEmail}
          error={found.email ?? register.errors.email}
        />
        <PasswordField
          fresh
          value={password}
          onChange={setPassword}
          error={found.password ?? register.errors.password}
        />
        {register.failure && <Failure error={register.failure} />}
        <Button type="submit" kind="primary" busy={register.isPending || register.isSuccess}>
          {t("auth.register.action")}
        </Button>
      </form>
      <Providers next={introduced(next)} />
    </Frame>
  );
}
