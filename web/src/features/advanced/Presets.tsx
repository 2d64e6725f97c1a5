import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { BookMarked, RefreshCw, Trash2 } from "lucide-react";
import { useState } from "react";
import { $api, api } from "@/api/client";
import type { Preset } from "@/api/schema.gen";
import { useMay } from "@/api/session";
import { Button, IconButton } from "@/design/Button";
import { Confirm, Dialog } from "@/design/Dialog";
import { TextField } from "@/design/Field";
import { Badge } from "@/design/Layout";
import { Failure, Skeleton } from "@/design/States";
import { toast } from "@/design/Toaster";
import { useT } from "@/i18n";
import { replaced } from "./arriving";
import { settingsOf, withSettings } from "./draft/settings";
import { useDrafts } from "./draft/store";
import { SavePreset } from "./SavePreset";
import { useLater } from "./useLater";

export const PRESETS = ["presets"] as const;

/** Settings that are kept by a name: one's own, and those that others share. */
export function Presets() {
  const t = useT();
  const may = useMay("workflow:read");
  const [open, setOpen] = useState(false);
  if (!may) return null;
  return (
    <>
      <Button size="sm" onClick={() => setOpen(true)}>
        <BookMarked size={15} aria-hidden="true" />
        {t("advanced.presets.open")}
      </Button>
      <Dialog
        open={open}
        onOpenChange={setOpen}
        title={t("advanced.presets.title")}
        description={t("advanced.presets.explain")}
        wide
      >
        {open && <Kept onTaken={() => setOpen(false)} />}
      </Dialog>
    </>
  );
}

function Kept({ onTaken }: { onTaken: () => void }) {
  const t = useT();
  const mayMake = useMay("workflow:create");
  const [typed, setTyped] = useState("");
  const text = useLater(typed.trim(), 250);
  // Said here: a message over the page would take the dialog's Escape.
  const [said, setSaid] = useState("");
  const list = useInfiniteQuery({
    queryKey: [...PRESETS, text],
    queryFn: async ({ pageParam, signal }) => {
      const { data } = await api.GET("/api/v1/presets", {
        params: { query: { limit: 50, ...(text && { text }), ...(pageParam && { cursor: pageParam }) } },
        signal,
      });
      return data ?? { items: [], next_cursor: null };
    },
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next_cursor ?? null,
  });
  const items = list.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <div className="flex flex-col gap-4">
      {mayMake && <SavePreset onSaid={setSaid} />}
      <p role="status" className="min-h-5 text-sm text-good">
        {said}
      </p>
      <TextField label={t("advanced.presets.search")} type="search" value={typed} onChange={setTyped} />
      {list.error && <Failure error={list.error} onRetry={() => void list.refetch()} />}
      {list.isPending && <Skeleton className="h-20 w-full" />}
      {list.isSuccess && items.length === 0 && (
        <p className="py-2 text-quiet">{t(text ? "advanced.presets.nothing" : "advanced.presets.none")}</p>
      )}
      <ul className="flex flex-col gap-1">
        {items.map((one) => (
          <Row
            key={one.id}
            preset={one}
            mayChange={mayMake && one.mine}
            onSaid={setSaid}
            onTake={() => {
              const undo = replaced(withSettings(useDrafts.getState().draft, one.settings));
              toast.success(t("advanced.presets.taken", { name: one.name }), undo);
              onTaken();
            }}
          />
        ))}
      </ul>
      {list.hasNextPage && (
        <Button
          className="self-center"
          busy={list.isFetchingNextPage}
          onClick={() => void list.fetchNextPage()}
        >
          {t("action.more")}
        </Button>
      )}
    </div>
  );
}

function Row({
  preset,
  mayChange,
  onTake,
  onSaid,
}: {
  preset: Preset;
  mayChange: boolean;
  onTake: () => void;
  onSaid: (words: string) => void;
}) {
  const t = useT();
  const client = useQueryClient();
  const [asking, setAsking] = useState(false);
  const again = () => client.invalidateQueries({ queryKey: PRESETS });
  const path = { params: { path: { preset_id: preset.id } } };
  const update = $api.useMutation("patch", "/api/v1/presets/{preset_id}", {
    onSuccess: () => {
      onSaid(t("advanced.presets.updated", { name: preset.name }));
      return again();
    },
  });
  const remove = $api.useMutation("delete", "/api/v1/presets/{preset_id}", { onSuccess: again });
  return (
    <li className="flex items-center gap-1 rounded-control hover:bg-hover">
      <button
        type="button"
        className="flex min-h-11 min-w-0 flex-1 flex-col justify-center px-3 py-1.5 text-left"
        onClick={onTake}
      >
        <span className="flex flex-wrap items-center gap-2">
          <span className="break-all">{preset.name}</span>
          {preset.visibility !== "private" && (
            <Badge>{t(`advanced.presets.seen.${preset.visibility}`)}</Badge>
          )}
        </span>
        {!preset.mine && (
          <span className="text-sm text-quiet">{t("advanced.presets.owner", { name: preset.owner })}</span>
        )}
      </button>
      {mayChange && (
        <>
          <IconButton
            label={t("advanced.presets.update", { name: preset.name })}
            onClick={() =>
              update.mutate({ ...path, body: { settings: settingsOf(useDrafts.getState().draft) as never } })
            }
          >
            <RefreshCw size={15} aria-hidden="true" />
          </IconButton>
          <IconButton
            label={t("advanced.presets.remove", { name: preset.name })}
            onClick={() => setAsking(true)}
          >
            <Trash2 size={15} aria-hidden="true" />
          </IconButton>
          <Confirm
            open={asking}
            onOpenChange={setAsking}
            title={t("advanced.presets.removeTitle", { name: preset.name })}
            description={t("advanced.presets.removeText")}
            action={t("action.delete")}
            busy={remove.isPending}
            onConfirm={() => remove.mutate(path, { onSuccess: () => setAsking(false) })}
          />
        </>
      )}
    </li>
  );
}
