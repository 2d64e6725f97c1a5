import { useState } from "react";
import { $api } from "@/api/client";
import type { Me } from "@/api/schema.gen";
import { useSession } from "@/api/session";
import { Button } from "@/design/Button";
import { TextField } from "@/design/Field";
import { Badge, Card } from "@/design/Layout";
import { toast } from "@/design/Toaster";
import { type Text, useT } from "@/i18n";
import { roleName } from "@/lib/roles";

/** One's name, which can be changed; one's address, and whether it was confirmed. */
export function AboutYou({ me }: { me: Me }) {
  const t = useT();
  const [name, setName] = useState(me.name);
  const save = $api.useMutation("patch", "/api/v1/me", {
    onSuccess: (changed) => {
      useSession.setState({ me: changed });
      setName(changed.name);
      toast.success(t("account.profile.saved"));
    },
  });
  const changed = name.trim() !== me.name;
  return (
    <Card title={t("account.profile.you")}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (name.trim() && changed) save.mutate({ body: { name: name.trim() } });
        }}
      >
        <TextField
          label={t("account.profile.name")}
          note={t("account.profile.nameNote")}
          value={name}
          onChange={setName}
          maxLength={200}
          autoComplete="name"
          error={name.trim() ? undefined : t("account.profile.nameMissing")}
        />
        <Button
          type="submit"
          className="mt-3"
          kind={changed ? "primary" : "normal"}
          disabled={!changed || !name.trim()}
          busy={save.isPending}
        >
          {t("action.save")}
        </Button>
      </form>
      <dl className="mt-5 grid gap-3 border-t border-line pt-4 text-sm">
        <div>
          <dt className="text-quiet">{t("account.profile.email")}</dt>
          <dd className="flex flex-wrap items-center gap-2">
            <span className="min-w-0 break-all">{me.email}</span>
            {me.email_verified ? (
              <Badge tone="good">{t("account.profile.verified")}</Badge>
            ) : (
              <Badge tone="warn">{t("account.profile.unverified")}</Badge>
            )}
          </dd>
          {!me.email_verified && <Unconfirmed />}
        </div>
        <Row name="account.profile.organisation">{me.organisation_name}</Row>
        <Row name="account.profile.role">{roleName(me.role)}</Row>
        <Row name="account.profile.plan">{me.tier}</Row>
      </dl>
    </Card>
  );
}

function Row({ name, children }: { name: Text; children: string }) {
  const t = useT();
  return (
    <div>
      <dt className="text-quiet">{t(name)}</dt>
      <dd className="break-words">{children}</dd>
    </div>
  );
}

function Unconfirmed() {
  const t = useT();
  const send = $api.useMutation("post", "/api/v1/me/verify-email", {
    onSuccess: () => toast.success(t("account.profile.resent")),
  });
  return (
    <dd className="mt-2 text-quiet">
      <p>{t("account.profile.verifyHelp")}</p>
      <Button size="sm" className="mt-2" busy={send.isPending} onClick={() => send.mutate({})}>
        {t("account.profile.resend")}
      </Button>
    </dd>
  );
}
