import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api } from "@/api/client";
import { queryClient } from "@/api/queryClient";
import { takeSession, useSession } from "@/api/session";
import { Button } from "@/design/Button";
import { Dialog } from "@/design/Dialog";
import { TextField } from "@/design/Field";
import { Failure } from "@/design/States";
import { t } from "@/i18n";
import { forgetPerson } from "@/lib/forget";

/** The session is over in the middle of something: one signs in again over the page, and what was typed stays. */
export function SignInAgain() {
  const { me, ended, tried } = useSession();
  // To look at what is there, or copy it; the next try asks again.
  const [putOff, setPutOff] = useState(0);
  const [password, setPassword] = useState("");
  const login = useMutation({
    meta: { quiet: true },
    mutationFn: async () => {
      const before = useSession.getState().me;
      const { data } = await api.POST("/api/v1/browser/login", {
        body: { email: me?.email ?? "", password },
      });
      if (before && data?.me && before.organisation_id !== data.me.organisation_id)
        // A new session begins in the person's own organisation; the page is of the one they were in.
        return (
          await api
            .POST("/api/v1/browser/switch", {
              body: { organisation_id: before.organisation_id },
              headers: { "X-CSRF-Token": data.csrf_token ?? "" },
            })
            .catch(() => ({ data }))
        ).data;
      return data;
    },
    onSuccess: (data) => {
      const before = useSession.getState().me?.organisation_id;
      const now = takeSession(data);
      setPassword("");
      if (now?.organisation_id !== before) return location.assign("/");
      void queryClient.invalidateQueries();
    },
  });
  if (!me || !ended) return null;
  function submit(event: FormEvent) {
    event.preventDefault();
    login.mutate();
  }
  return (
    <Dialog
      open={putOff !== tried}
      onOpenChange={(open) => !open && setPutOff(tried)}
      title={t("shell.again.title")}
      description={t("shell.again.description")}
    >
      <form onSubmit={submit} className="flex flex-col gap-4">
        <TextField
          label={t("auth.email")}
          name="email"
          readOnly
          autoComplete="username"
          value={me.email}
          onChange={() => undefined}
        />
        <TextField
          label={t("auth.password")}
          type="password"
          name="password"
          required
          autoComplete="current-password"
          value={password}
          onChange={setPassword}
        />
        {login.error && <Failure error={login.error} />}
        <div className="flex flex-wrap justify-end gap-2">
          <Button onClick={leave}>{t("shell.again.other")}</Button>
          <Button type="submit" kind="primary" busy={login.isPending}>
            {t("auth.login.action")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

/** Another person, or another way to sign in. */
function leave() {
  const next = location.pathname + location.search;
  forgetPerson();
  location.assign(`/login?next=${encodeURIComponent(next)}`);
}
