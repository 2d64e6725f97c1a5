import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Copy, Send } from "lucide-react";
import { useId } from "react";
import { api } from "@/api/client";
import type { MadeAssetLink } from "@/api/schema.gen";
import { Button } from "@/design/Button";
import { Dialog } from "@/design/Dialog";
import { INPUT } from "@/design/Field";
import { Failure, Skeleton } from "@/design/States";
import { toast } from "@/design/Toaster";
import { useT } from "@/i18n";
import { copy } from "@/lib/clipboard";
import { day } from "@/lib/time";

/** A link to a picture for people without an account. One is made when the dialog is opened; opened again, it is the same. */
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
      title={t("jobs.share.title")}
      description={t("jobs.share.description")}
    >
      <LinkTo assetId={assetId} onEnded={() => onOpenChange(false)} />
    </Dialog>
  );
}

function LinkTo({ assetId, onEnded }: { assetId: string; onEnded: () => void }) {
  const t = useT();
  const id = useId();
  const client = useQueryClient();
  const key = ["made-link", assetId];
  // The address is shown by the API this once, so it is kept for as long as the page lives.
  const made = useQuery({
    queryKey: key,
    queryFn: async () => {
      const { data } = await api.POST("/api/v1/assets/{asset_id}/links", {
        params: { path: { asset_id: assetId } },
        body: { days: 30 },
      });
      if (!data) throw new TypeError("An answer without a link");
      return data;
    },
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
  const end = useMutation({
    mutationFn: (link: MadeAssetLink) =>
      api.DELETE("/api/v1/assets/{asset_id}/links/{asset_link_id}", {
        params: { path: { asset_id: assetId, asset_link_id: link.id } },
      }),
    onSuccess: () => {
      client.removeQueries({ queryKey: key });
      toast(t("jobs.share.ended"));
      onEnded();
    },
  });
  if (made.error) return <Failure error={made.error} onRetry={() => void made.refetch()} />;
  const link = made.data;
  return (
    <div className="flex flex-col gap-3">
      <label htmlFor={id} className="text-sm font-medium">
        {t("jobs.share.link")}
      </label>
      {link ? (
        <input
          id={id}
          readOnly
          className={INPUT}
          value={link.url}
          onFocus={(event) => event.target.select()}
        />
      ) : (
        <Skeleton className="h-10" />
      )}
      <p className="min-h-6 text-sm text-quiet" role="status">
        {link?.expires_at ? t("jobs.share.until", { date: day(link.expires_at) }) : t("jobs.share.making")}
      </p>
      <div className="flex flex-wrap items-center gap-2">
        <Button
          kind="primary"
          disabled={!link}
          onClick={async () => {
            if (!link) return;
            if (await copy(link.url)) toast(t("action.copied"));
            else document.getElementById(id)?.focus();
          }}
        >
          <Copy size={16} aria-hidden="true" />
          {t("jobs.share.copy")}
        </Button>
        {link && "share" in navigator && (
          <Button onClick={() => void navigator.share({ url: link.url }).catch(() => undefined)}>
            <Send size={16} aria-hidden="true" />
            {t("jobs.share.send")}
          </Button>
        )}
        <Button
          kind="ghost"
          className="ml-auto"
          disabled={!link}
          busy={end.isPending}
          onClick={() => link && end.mutate(link)}
        >
          {t("jobs.share.end")}
        </Button>
      </div>
    </div>
  );
}
