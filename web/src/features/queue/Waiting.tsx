import { useRef, useState } from "react";
import type { Job } from "@/api/schema.gen";
import { useMay, useSession } from "@/api/session";
import { ActiveRow } from "@/features/queue/ActiveRow";
import { arranged, moved } from "@/features/queue/order";
import { useDrag } from "@/features/queue/useDrag";
import { useOrder } from "@/features/queue/useOrder";
import { nameOf } from "@/features/queue/words";
import { useT } from "@/i18n";

/** What waits, in line; one's own can be put into another order. */
export function Waiting({ jobs }: { jobs: readonly Job[] }) {
  const t = useT();
  const me = useSession((session) => session.me?.id);
  const may = useMay("job:create");
  const list = useRef<HTMLOListElement>(null);
  const [said, say] = useState("");
  const { shown, ids, move } = useOrder(jobs);
  const put = (id: string, to: number) => {
    const place = move(id, to);
    const job = shown.find((one) => one.id === id);
    if (place !== null && job)
      say(t("queue.moved", { name: nameOf(job), place: place + 1, count: ids.length }));
  };
  const row = (id: string) =>
    list.current?.querySelector<HTMLElement>(`[data-job="${CSS.escape(id)}"]`) ?? null;
  const { held, handle } = useDrag(ids, row, put);
  const order = held ? arranged(shown, moved(held.ids, held.id, held.to), me) : shown;
  const several = may && ids.length > 1;
  return (
    <>
      {several && <p className="mb-2 text-sm text-quiet">{t("queue.waitingHelp")}</p>}
      <ol ref={list} aria-label={t("queue.waiting")} className="flex flex-col gap-2">
        {order.map((job) => {
          const at = ids.indexOf(job.id);
          const own = several && at >= 0;
          return (
            <ActiveRow
              key={job.id}
              job={job}
              held={held?.id === job.id}
              {...(own
                ? { at, of: ids.length, handle: handle(job.id), onMove: (to: number) => put(job.id, to) }
                : {})}
            />
          );
        })}
      </ol>
      <p className="sr-only" role="status">
        {said}
      </p>
    </>
  );
}
