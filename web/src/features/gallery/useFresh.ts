import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect } from "react";
import { type Filters, newestFirst } from "@/pictures/filters";
import { listOptions, refreshHead } from "@/pictures/queries";
import { useLive } from "@/realtime/jobs";

const REST_MS = 600;
const completed = (jobs: ReturnType<typeof useLive.getState>["jobs"]) =>
  Object.values(jobs).filter((job) => job.state === "COMPLETED").length;

/** Has what is new appear in the list: when a job completes, when the window is looked at again. Returns how to ask for it. */
export function useFresh(filters: Filters): () => void {
  const client = useQueryClient();
  const refresh = useCallback(() => {
    const looked = newestFirst(filters)
      ? refreshHead(client, filters)
      : client.invalidateQueries({ queryKey: listOptions(filters).queryKey });
    // Not to be told of: what is shown stays, and the next look may succeed.
    void looked.catch(() => undefined);
  }, [client, filters]);

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const soon = () => {
      timer ??= setTimeout(() => {
        timer = undefined;
        refresh();
      }, REST_MS);
    };
    const live = useLive.subscribe((now, before) => {
      if (now.jobs !== before.jobs && completed(now.jobs) !== completed(before.jobs)) soon();
    });
    const seen = () => document.visibilityState === "visible" && soon();
    document.addEventListener("visibilitychange", seen);
    // What is kept from before is shown at once; what is new since comes to its head.
    if (client.getQueryData(listOptions(filters).queryKey)) soon();
    return () => {
      live();
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", seen);
    };
  }, [client, filters, refresh]);
  return refresh;
}
