import { useQueryClient } from "@tanstack/react-query";
import { Copy, Trash2 } from "lucide-react";
import { useState } from "react";
import { $api } from "@/api/client";
import type { MadeLink } from "@/api/schema.gen";
import { Button, IconButton } from "@/design/Button";
import { INPUT, TextField } from "@/design/Field";
import { Moment } from "@/design/Moment";
import { Failure } from "@/design/States";
import { useT } from "@/i18n";
import { copy } from "@/lib/clipboard";

const PATH = "/api/v1/workflows/{workflow_id}/links";

/** Links that open a workflow: made, copied once, ended. */
export function Links({ id }: { id: string }) {
  const t = useT();
  const client = useQueryClient();
  const [name, setName] = useState("");
  const [made, setMade] = useState<MadeLink>();
  const of = { params: { path: { workflow_id: id } } };
  const list = $api.useQuery("get", PATH, of);
  const again = () => void client.invalidateQueries({ queryKey: ["get", PATH] });
  const make = $api.useMutation("post", PATH, {
    onSuccess: (link) => {
      setMade(link);
      say("");
      setName("");
      again();
    },
  });
  const end = $api.useMutation("delete", `${PATH}/{link_id}`, { onSuccess: again });
  // Said here: a message over a dialog would take its Escape.
  const [said, say] = useState("");
  const take = async (url: string) =>
    say((await copy(url)) ? t("workflows.share.copied") : t("workflows.share.copyFailed"));
  return (
    <section
      aria-label={t("workflows.share.links")}
      className="flex flex-col gap-3 border-t border-line pt-4"
    >
      <form
        className="flex items-end gap-2"
        onSubmit={(event) => {
          event.preventDefault();
          make.mutate({ ...of, body: { name: name.trim() } });
        }}
      >
        <TextField
          className="flex-1"
          label={t("workflows.share.linkFor")}
          value={name}
          onChange={setName}
          maxLength={200}
        />
        <Button type="submit" busy={make.isPending}>
          {t("workflows.share.make")}
        </Button>
      </form>
      {made && (
        <div className="rounded-control bg-accent-soft p-3">
          <p role="status" className="mb-2 text-sm">
            {said || t("workflows.share.made")}
          </p>
          <div className="flex gap-2">
            <input
              readOnly
              aria-label={t("workflows.share.links")}
              className={INPUT}
              value={made.url}
              onFocus={(event) => event.target.select()}
            />
            <IconButton label={t("workflows.share.copy")} kind="normal" onClick={() => void take(made.url)}>
              <Copy size={16} aria-hidden="true" />
            </IconButton>
          </div>
        </div>
      )}
      {list.error && <Failure error={list.error} onRetry={() => void list.refetch()} />}
      <ul className="flex flex-col divide-y divide-line">
        {list.data?.items.map((link) => (
          <li key={link.id} className="flex items-center gap-3 py-1.5">
            <span className="min-w-0 flex-1 truncate">{link.name || t("workflows.share.unnamed")}</span>
            <span className="text-sm text-quiet">
              <Moment at={link.created_at} />
            </span>
            <IconButton
              label={t("workflows.share.end")}
              onClick={() => {
                if (made?.id === link.id) setMade(undefined);
                end.mutate({ params: { path: { workflow_id: id, link_id: link.id } } });
              }}
            >
              <Trash2 size={16} aria-hidden="true" />
            </IconButton>
          </li>
        ))}
      </ul>
    </section>
  );
}
