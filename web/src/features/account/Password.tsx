import { useState } from "react";
import { $api } from "@/api/client";
import { sentence } from "@/api/problem";
import type { Me } from "@/api/schema.gen";
import { Button } from "@/design/Button";
import { TextField } from "@/design/Field";
import { Card } from "@/design/Layout";
import { toast } from "@/design/Toaster";
import { useT } from "@/i18n";

/** Another password; for who has none, the way to one. */
export function Password({ me }: { me: Me }) {
  const t = useT();
  return (
    <Card title={t("account.password.title")}>
      {me.has_password ? <Change me={me} /> : <First me={me} />}
    </Card>
  );
}

const LEAST = 12;

function Change({ me }: { me: Me }) {
  const t = useT();
  const [current, setCurrent] = useState("");
  const [next, setNext] = useState("");
  const [again, setAgain] = useState("");
  const [tried, setTried] = useState(false);
  const change = $api.useMutation("post", "/api/v1/me/password", {
    meta: { quiet: true },
    onSuccess: () => {
      for (const set of [setCurrent, setNext, setAgain]) set("");
      setTried(false);
      toast.success(t("account.password.changed"));
    },
  });
  const short = [...next].length < LEAST;
  const refused = change.error ? sentence(change.error) : undefined;
  return (
    <form
      noValidate
      className="grid gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        setTried(true);
        if (current && !short && next === again)
          change.mutate({ body: { current_password: current, new_password: next } });
      }}
    >
      {/* So that password managers know whose it is. */}
      <input type="text" name="username" autoComplete="username" value={me.email} readOnly hidden />
      <TextField
        label={t("account.password.current")}
        type="password"
        autoComplete="current-password"
        value={current}
        onChange={(value) => {
          setCurrent(value);
          change.reset();
        }}
        error={refused ?? (tried && !current ? t("account.password.currentMissing") : undefined)}
      />
      <TextField
        label={t("account.password.new")}
        note={t("account.password.newNote")}
        type="password"
        autoComplete="new-password"
        value={next}
        onChange={setNext}
        error={tried && short ? t("account.password.short") : undefined}
      />
      <TextField
        label={t("account.password.again")}
        type="password"
        autoComplete="new-password"
        value={again}
        onChange={setAgain}
        error={tried && next !== again ? t("account.password.different") : undefined}
      />
      <div>
        <Button type="submit" busy={change.isPending}>
          {t("account.password.change")}
        </Button>
      </div>
    </form>
  );
}

function First({ me }: { me: Me }) {
  const t = useT();
  const send = $api.useMutation("post", "/api/v1/auth/forgot-password", {
    onSuccess: () => toast.success(t("account.password.mailed", { email: me.email })),
  });
  return (
    <>
      <p className="text-quiet">{t("account.password.none")}</p>
      <Button
        className="mt-3"
        busy={send.isPending}
        onClick={() => send.mutate({ body: { email: me.email } })}
      >
        {t("account.password.set")}
      </Button>
    </>
  );
}
