import { useQueryClient } from "@tanstack/react-query";
import { useId, useState } from "react";
import { $api } from "@/api/client";
import { useSession } from "@/api/session";
import { Button } from "@/design/Button";
import { Dialog } from "@/design/Dialog";
import { Field, TextField } from "@/design/Field";
import { PermissionPicker } from "@/design/PermissionPicker";
import { Select } from "@/design/Select";
import { Failure } from "@/design/States";
import { NewKeyShown } from "@/features/account/NewKeyShown";
import { KEYS } from "@/features/account/queries";
import { useT } from "@/i18n";
import { PERMISSIONS, type Permission } from "@/lib/permissions";

const DAYS = [7, 30, 90, 365];
const PAINT: Permission[] = [
  "job:create",
  "job:read",
  "asset:create",
  "asset:read",
  "model:read",
  "workflow:read",
  "credit:read",
];

/** Makes a key: what it is for, what it may do, and until when. */
export function NewKey({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const [key, setKey] = useState<string>();
  if (open && key)
    return (
      <NewKeyShown
        secret={key}
        onDone={() => {
          setKey(undefined);
          onOpenChange(false);
        }}
      />
    );
  return open ? <Form onMade={setKey} onCancel={() => onOpenChange(false)} /> : null;
}

function Form({ onMade, onCancel }: { onMade: (key: string) => void; onCancel: () => void }) {
  const t = useT();
  const queries = useQueryClient();
  const presets = useId();
  const form = useId();
  const me = useSession((session) => session.me);
  const own = me?.permissions ?? [];
  const within = (wanted: Permission[]) => wanted.filter((permission) => own.includes(permission));
  const [name, setName] = useState("");
  const [scopes, setScopes] = useState<string[]>(within(PAINT));
  const [days, setDays] = useState("90");
  const [tried, setTried] = useState(false);
  const make = $api.useMutation("post", "/api/v1/api-keys", {
    meta: { quiet: true },
    onSuccess: async (made) => {
      onMade(made.key);
      await queries.invalidateQueries({ queryKey: KEYS });
    },
  });
  const choices: [string, Permission[]][] = [
    [t("account.keys.presetPaint"), PAINT],
    [t("account.keys.presetRead"), PERMISSIONS.filter((permission) => permission.endsWith(":read"))],
    [t("account.keys.presetAll"), PERMISSIONS],
  ];
  const noScopes = tried && scopes.length === 0;
  return (
    <Dialog
      open
      onOpenChange={onCancel}
      title={t("account.keys.make")}
      wide
      footer={
        <>
          <Button onClick={onCancel}>{t("action.cancel")}</Button>
          <Button kind="primary" type="submit" form={form} busy={make.isPending}>
            {t("action.create")}
          </Button>
        </>
      }
    >
      <form
        id={form}
        noValidate
        className="flex flex-col gap-5"
        onSubmit={(event) => {
          event.preventDefault();
          setTried(true);
          if (!name.trim() || scopes.length === 0) return;
          make.mutate({
            body: { name: name.trim(), scopes, expires_in_days: days === "never" ? null : Number(days) },
          });
        }}
      >
        <div className="grid gap-4 sm:grid-cols-2">
          <TextField
            label={t("account.keys.name")}
            autoFocus
            note={t("account.keys.nameNote")}
            value={name}
            onChange={setName}
            maxLength={200}
            autoComplete="off"
            error={tried && !name.trim() ? t("account.keys.nameMissing") : undefined}
          />
          <Field label={t("account.keys.expires")}>
            {(ids) => (
              <Select
                ids={ids}
                value={days}
                onChange={setDays}
                options={[
                  ...DAYS.map((count) => ({
                    value: String(count),
                    label: t("account.keys.days", { count }),
                  })),
                  { value: "never", label: t("account.keys.never") },
                ]}
              />
            )}
          </Field>
        </div>
        <div>
          <p id={presets} className="mb-2 text-sm font-medium">
            {t("account.keys.presets")}
          </p>
          <div role="group" aria-labelledby={presets} className="flex flex-wrap gap-2">
            {choices.map(([label, wanted]) => (
              <Button key={label} size="sm" onClick={() => setScopes(within(wanted))}>
                {label}
              </Button>
            ))}
          </div>
        </div>
        <PermissionPicker label={t("account.keys.scopes")} value={scopes} own={own} onChange={setScopes} />
        {me?.tier === "free" && <p className="text-sm text-quiet">{t("account.keys.tier")}</p>}
        {noScopes && (
          <p role="alert" className="text-sm text-bad">
            {t("account.keys.scopesMissing")}
          </p>
        )}
        {make.error && <Failure error={make.error} />}
      </form>
    </Dialog>
  );
}
