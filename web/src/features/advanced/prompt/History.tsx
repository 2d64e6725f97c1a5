import { useInfiniteQuery } from "@tanstack/react-query";
import { History as Icon } from "lucide-react";
import { useState } from "react";
import { api } from "@/api/client";
import { useMay } from "@/api/session";
import { Button, IconButton } from "@/design/Button";
import { Dialog } from "@/design/Dialog";
import { TextField } from "@/design/Field";
import { Failure, Skeleton } from "@/design/States";
import { useT } from "@/i18n";
import { change } from "../draft/store";
import { useLater } from "../useLater";

/** Words that one has painted with, to take again. */
export function PromptHistory() {
  const t = useT();
  const may = useMay("job:read");
  const [open, setOpen] = useState(false);
  if (!may) return null;
  return (
    <>
      <IconButton className="size-8!" label={t("advanced.history.open")} onClick={() => setOpen(true)}>
        <Icon size={15} aria-hidden="true" />
      </IconButton>
      <Dialog
        open={open}
        onOpenChange={setOpen}
        title={t("advanced.history.title")}
        description={t("advanced.history.explain")}
        wide
      >
        {open && <Past onTaken={() => setOpen(false)} />}
      </Dialog>
    </>
  );
}

function Past({ onTaken }: { onTaken: () => void }) {
  const t = useT();
  const [typed, setTyped] = useState("");
  const search = useLater(typed.trim(), 250);
  const list = useInfiniteQuery({
    queryKey: ["prompts", "history", search],
    queryFn: async ({ pageParam, signal }) => {
      const { data } = await api.GET("/api/v1/prompts/history", {
        params: { query: { search, limit: 30, ...(pageParam && { cursor: pageParam }) } },
        signal,
      });
      return data ?? { items: [], next_cursor: null };
    },
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next_cursor ?? null,
    staleTime: 0,
  });
  const items = list.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <div className="flex flex-col gap-3">
      <TextField
        label={t("advanced.history.search")}
        type="search"
        value={typed}
        onChange={setTyped}
        autoFocus
      />
      {list.error && <Failure error={list.error} onRetry={() => void list.refetch()} />}
      {list.isPending && <Skeleton className="h-24 w-full" />}
      {list.isSuccess && items.length === 0 && (
        <p className="py-4 text-quiet">{t(search ? "advanced.history.nothing" : "advanced.history.none")}</p>
      )}
      <ul className="flex flex-col gap-1">
        {items.map((one) => (
          <li key={one.job_id}>
            <button
              type="button"
              className="flex w-full flex-col gap-0.5 rounded-control px-3 py-2 text-left hover:bg-hover"
              onClick={() => {
                change({ prompt: one.prompt, negative_prompt: one.negative_prompt });
                onTaken();
              }}
            >
              <span className="line-clamp-3 break-words">{one.prompt || t("advanced.history.empty")}</span>
              {one.negative_prompt && (
                <span className="line-clamp-2 break-words text-sm text-quiet">
                  {t("advanced.history.without", { words: one.negative_prompt })}
                </span>
              )}
              <span className="text-sm text-quiet">
                {t("advanced.history.used", { count: one.count, model: one.model })}
              </span>
            </button>
          </li>
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
