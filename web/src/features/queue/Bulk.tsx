import { Pause, Play, Trash2 } from "lucide-react";
import { useState } from "react";
import { useMay, useSession } from "@/api/session";
import { Button } from "@/design/Button";
import { Confirm } from "@/design/Dialog";
import { toast } from "@/design/Toaster";
import { useActive } from "@/features/queue/jobs";
import { grouped } from "@/features/queue/order";
import { useChangeAll, type Way } from "@/features/queue/useActions";
import { useT } from "@/i18n";

/** What is done with all of one's own that wait, whatever the page shows. */
export function Bulk() {
  const t = useT();
  const may = useMay("job:create");
  const me = useSession((session) => session.me?.id);
  const { data } = useActive({ mine: true, team: null });
  const { waiting, paused } = grouped((data ?? []).filter((job) => job.user_id === me));
  const [asking, ask] = useState(false);
  const change = useChangeAll();
  const all = [...waiting, ...paused];
  const run = async (jobs: typeof all, way: Way) => {
    const { done, count, reason } = await change.mutateAsync({ jobs, way });
    ask(false);
    if (done < count) toast.error(t("queue.clearedPartly", { done, count, reason }));
    else if (way === "cancel") toast.success(t("queue.cleared", { count: done }));
  };
  if (!may || (all.length === 0 && !asking)) return null;
  return (
    <>
      {waiting.length > 0 && (
        <Button busy={change.isPending} onClick={() => void run(waiting, "pause")}>
          <Pause size={16} aria-hidden="true" />
          {t("queue.pauseAll")}
        </Button>
      )}
      {paused.length > 0 && (
        <Button busy={change.isPending} onClick={() => void run(paused, "resume")}>
          <Play size={16} aria-hidden="true" />
          {t("queue.resumeAll")}
        </Button>
      )}
      <Button disabled={change.isPending} onClick={() => ask(true)}>
        <Trash2 size={16} aria-hidden="true" />
        {t("queue.clear")}
      </Button>
      <Confirm
        open={asking}
        onOpenChange={ask}
        title={t("queue.clearTitle", { count: all.length })}
        description={t("queue.clearHelp")}
        action={t("queue.clear")}
        busy={change.isPending}
        onConfirm={() => void run(all, "cancel")}
      />
    </>
  );
}
