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
import { wrong } from "@/features/auth/wrong";
import { t } from "@/i18n";

/** Signing in. */
export function Login() {
  const { next } = useSearch({ from: "/login" });
  return (
    <Frame
      title={t("auth.login.title")}
      foot={
        <>
          {t("auth.login.new")}{" "}
          <Link to="/register" search={next ? { next } : {}} className="text-accent-ink underline">
            {t("auth.login.register")}
          </Link>
        </>
      }
    >
      <LoginForm next={next} />
      <Providers next={next} />
    </Frame>
  );
}

/** Address and password. */
function LoginForm({ next }: { next: string | undefined }) {
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [found, setFound] = useState<Record<string, string>>({});
  const login = useSignIn(
    (body: { email: string; password: string }) => api.POST("/api/v1/browser/login", { body }),
    next,
  );
  function submit(event: FormEvent) {
    event.preventDefault();
    const errors = wrong({ email, password });
    setFound(errors);
    if (!Object.keys(errors).length) login.mutate({ email: email.trim(), password });
  }
  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-4">
      <TextField
        label={t("auth.email")}
        type="email"
        name="email"
        required
        autoComplete="username"
        value={email}
        onChange={setEmail}
        error={found.email ?? login.errors.email}
      />
      <PasswordField
        value={password}
        onChange={setPassword}
        error={found.password ?? login.errors.password}
      />
      {login.failure && <Failure error={login.failure} />}
      <Button type="submit" kind="primary" busy={login.isPending || login.isSuccess}>
        {t("auth.login.action")}
      </Button>
      <Link
        to="/forgot-password"
        className="self-center rounded-control px-2 py-1 text-sm text-quiet underline hover:text-ink"
      >
        {t("auth.login.forgot")}
      </Link>
    </form>
  );
}
