import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { $api } from "@/api/client";
import type { ApiKeyInfo } from "@/api/schema.gen";
import { useMay, useSession } from "@/api/session";
import { Button } from "@/design/Button";
import { Confirm } from "@/design/Dialog";
import { Badge } from "@/design/Layout";
import { Moment } from "@/design/Moment";
import { toast } from "@/design/Toaster";
import { KEYS } from "@/features/account/queries";
import { useT } from "@/i18n";
import { meaning } from "@/lib/permissions";

/** One key: what it is for, what it may do, when it was used, and the way to end it. */
export function KeyRow({ of: key, showOwner }: { of: ApiKeyInfo; showOwner: boolean }) {
  const t = useT();
  const queries = useQueryClient();
  const [sure, setSure] = useState(false);
  const mine = useSession((session) => session.me?.id) === key.user_id;
  const own = useMay("api_key:revoke");
  const all = useMay("api_key:manage");
  const mayRevoke = own && (mine || all);
  const revoke = $api.useMutation("delete", "/api/v1/api-keys/{api_key_id}", {
    onSuccess: async () => {
      setSure(false);
      toast.success(t("account.keys.revoked"));
      await queries.invalidateQueries({ queryKey: KEYS });
    },
  });
  const over = key.expires_at !== null && Date.parse(key.expires_at) < Date.now();
  return (
    <li className="flex flex-wrap items-start gap-x-4 gap-y-3 p-4">
      <div className="min-w-0 flex-1 basis-64">
        <p className="flex flex-wrap items-center gap-2 font-medium">
          <span className="min-w-0 break-words">{key.name}</span>
          {over && <Badge tone="bad">{t("account.keys.ended")}</Badge>}
        </p>
        <dl className="mt-1 grid grid-cols-[auto_1fr] gap-x-3 gap-y-0.5 text-sm text-quiet">
          <dt>{t("account.keys.key")}</dt>
          <dd>
            <code>{key.prefix}…</code>
          </dd>
          {showOwner && (
            <>
              <dt>{t("account.keys.owner")}</dt>
              <dd className="min-w-0 break-words">{key.email}</dd>
            </>
          )}
          <dt>{t("account.keys.created")}</dt>
          <dd>
            <Moment at={key.created_at} />
          </dd>
          <dt>{t("account.keys.used")}</dt>
          <dd>{key.last_used_at ? <Moment at={key.last_used_at} /> : t("account.keys.notUsed")}</dd>
          <dt>{t("account.keys.expires")}</dt>
          <dd>{key.expires_at ? <Moment at={key.expires_at} /> : t("account.keys.never")}</dd>
        </dl>
        <details className="mt-1 text-sm">
          <summary className="inline-flex min-h-6 cursor-pointer items-center text-quiet hover:text-ink">
            {t("account.keys.scopes")}: {t("access.count", { count: key.scopes.length })}
          </summary>
          <ul className="mt-1 list-disc pl-5">
            {key.scopes.map((scope) => (
              <li key={scope}>{meaning(scope)}</li>
            ))}
          </ul>
        </details>
      </div>
      {mayRevoke && (
        <Button
          size="sm"
          aria-label={t("account.keys.revokeNamed", { name: key.name })}
          onClick={() => setSure(true)}
        >
          {t("account.keys.revoke")}
        </Button>
      )}
      <Confirm
        open={sure}
        onOpenChange={setSure}
        title={t("account.keys.revokeSure", { name: key.name })}
        description={t("account.keys.revokeHelp")}
        action={t("account.keys.revoke")}
        busy={revoke.isPending}
        onConfirm={() => revoke.mutate({ params: { path: { api_key_id: key.id } } })}
      />
    </li>
  );
}
