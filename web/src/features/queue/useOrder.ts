import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import { api } from "@/api/client";
import { sentence } from "@/api/problem";
import type { Job } from "@/api/schema.gen";
import { useSession } from "@/api/session";
import { toast } from "@/design/Toaster";
import { ACTIVE } from "@/features/queue/jobs";
import { arranged, moved, moveOf, ownIds, stands } from "@/features/queue/order";
import { t } from "@/i18n";

/** The server reckons places in line anew every few seconds at most (docs/scheduling.md): so long the wish is shown. */
const SETTLES_MS = 12_000;

/**
 * The waiting jobs in the order that one wants them in: shown at once, asked of the server one move after the other, and
 * put back where a move is refused.
 */
export function useOrder(waiting: readonly Job[]) {
  const client = useQueryClient();
  const me = useSession((session) => session.me?.id);
  const [wanted, setWanted] = useState<readonly string[] | null>(null);
  const shown = useMemo(() => (wanted ? arranged(waiting, wanted, me) : [...waiting]), [waiting, wanted, me]);
  const ids = useMemo(() => ownIds(shown, me), [shown, me]);

  const send = useMutation({
    scope: { id: "queue-order" },
    meta: { quiet: true },
    mutationFn: ({
      id,
      move,
    }: {
      id: string;
      move: NonNullable<ReturnType<typeof moveOf>>;
      before: string[];
    }) => api.POST("/api/v1/jobs/{job_id}/move", { params: { path: { job_id: id } }, body: move }),
    onError: (error, { before }) => {
      setWanted(before);
      toast.error(t("queue.failed.move", { reason: sentence(error) }));
    },
    onSettled: () => void client.invalidateQueries({ queryKey: ACTIVE }),
  });
  const pending = send.isPending;

  // Shown until the server's list says the same, or it has had its time.
  const there = wanted === null || stands(waiting, wanted, me);
  useEffect(() => {
    if (wanted === null || pending) return;
    if (there) return setWanted(null);
    const timer = setTimeout(() => setWanted(null), SETTLES_MS);
    return () => clearTimeout(timer);
  }, [wanted, pending, there]);

  const move = (id: string, to: number): number | null => {
    const asked = moveOf(ids, id, to);
    if (!asked) return null;
    const after = moved(ids, id, to);
    setWanted(after);
    send.mutate({ id, move: asked, before: [...ids] });
    return after.indexOf(id);
  };
  return { shown, ids, move };
}
