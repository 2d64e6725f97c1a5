import { Link2, Trash2 } from "lucide-react";
import { useState } from "react";
import { $api, api } from "@/api/client";
import { queryClient } from "@/api/queryClient";
import type { MadeAssetLink } from "@/api/schema.gen";
import { Button, IconButton } from "@/design/Button";
import { Dialog } from "@/design/Dialog";
import { Field, INPUT, TextField } from "@/design/Field";
import { Select } from "@/design/Select";
import { Failure } from "@/design/States";
import { useT } from "@/i18n";
import { copy } from "@/lib/clipboard";
import { day } from "@/lib/time";

const DAYS = ["1", "7", "30", "365", "never"] as const;
const PATH = "/api/v1/assets/{asset_id}/links";

/** Makes links that show one picture to whoever has them, without an account; lists and ends them. */
export function ShareDialog({
  assetId,
  open,
  onOpenChange,
}: {
  assetId: string;
  open: boolean;
  onOpenChange: (open: boolean) => void;
}) {
  const t = useT();
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title={t("pictures.share.title")}
      description={t("pictures.share.help")}
    >
      {open && <Links assetId={assetId} />}
    </Dialog>
  );
}

function Links({ assetId }: { assetId: string }) {
  const t = useT();
  const of = { params: { path: { asset_id: assetId } } };
  const links = $api.useQuery("get", PATH, of);
  const [days, setDays] = useState<string>("30");
  const [name, setName] = useState("");
  const [made, setMade] = useState<MadeAssetLink>();
  const [refused, setRefused] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const [said, setSaid] = useState("");
  const again = () => queryClient.invalidateQueries({ queryKey: ["get", PATH, of] });

  const make = async () => {
    setBusy(true);
    setRefused(undefined);
    try {
      const body = { name: name.trim(), days: days === "never" ? null : Number(days) };
      const { data } = await api.POST(PATH, { ...of, body });
      setMade(data);
      setName("");
      // Said here and not in a message at the page's edge: that would take the Escape which closes this.
      setSaid(data && (await copy(data.url)) ? t("pictures.share.copied") : "");
      await again();
    } catch (error) {
      setRefused(error);
    } finally {
      setBusy(false);
    }
  };
  const revoke = async (id: string) => {
    try {
      await api.DELETE("/api/v1/assets/{asset_id}/links/{asset_link_id}", {
        params: { path: { asset_id: assetId, asset_link_id: id } },
      });
      if (made?.id === id) setMade(undefined);
      setSaid(t("pictures.share.revoked"));
    } catch (error) {
      setRefused(error);
    }
    await again();
  };

  return (
    <div className="flex flex-col gap-4">
      <form
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          void make();
        }}
      >
        <TextField
          label={t("pictures.share.whom")}
          note={t("pictures.share.whomNote")}
          value={name}
          maxLength={200}
          onChange={setName}
        />
        <Field label={t("pictures.share.ends")}>
          {(ids) => (
            <Select
              ids={ids}
              value={days}
              onChange={setDays}
              options={DAYS.map((value) => ({
                value,
                label:
                  value === "never"
                    ? t("pictures.share.never")
                    : t("pictures.share.days", { count: Number(value) }),
              }))}
            />
          )}
        </Field>
        <Button type="submit" kind="primary" busy={busy}>
          <Link2 size={18} aria-hidden="true" />
          {t("pictures.share.make")}
        </Button>
      </form>
      {refused !== undefined && <Failure error={refused} />}
      <p role="status" className="-my-2 min-h-5 text-sm text-good">
        {said}
      </p>
      {made && (
        <div className="flex flex-col gap-2 rounded-control border border-line bg-raised p-3">
          <p className="text-sm">{t("pictures.share.once")}</p>
          <div className="flex gap-2">
            <input
              readOnly
              aria-label={t("pictures.share.link")}
              className={INPUT}
              value={made.url}
              onFocus={(event) => event.target.select()}
            />
            <Button
              onClick={() =>
                void copy(made.url).then((done) => setSaid(t(done ? "action.copied" : "pictures.notCopied")))
              }
            >
              {t("action.copy")}
            </Button>
          </div>
        </div>
      )}
      {links.data && links.data.items.length > 0 && (
        <div>
          <h3 className="mb-1 text-sm font-medium">{t("pictures.share.open")}</h3>
          <ul className="divide-y divide-line">
            {links.data.items.map((link) => (
              <li key={link.id} className="flex items-center gap-3 py-1.5 text-sm">
                <span className="min-w-0 flex-1">
                  <span className="block truncate">{link.name || t("pictures.share.unnamed")}</span>
                  <span className="text-quiet">
                    {link.expires_at
                      ? t("pictures.share.until", { day: day(link.expires_at) })
                      : t("pictures.share.never")}
                  </span>
                </span>
                <IconButton
                  label={t("pictures.share.revoke", { name: link.name || t("pictures.share.unnamed") })}
                  onClick={() => void revoke(link.id)}
                >
                  <Trash2 size={16} aria-hidden="true" />
                </IconButton>
              </li>
            ))}
          </ul>
        </div>
      )}
    </div>
  );
}
