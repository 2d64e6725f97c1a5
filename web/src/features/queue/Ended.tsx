import { useState } from "react";
import type { Job } from "@/api/schema.gen";
import { Button } from "@/design/Button";
import { Choice } from "@/design/Choice";
import { Card } from "@/design/Layout";
import { Failure, Skeleton } from "@/design/States";
import { EndedRow } from "@/features/queue/EndedRow";
import { type Ending, useEnded, type useScope } from "@/features/queue/jobs";
import { useT } from "@/i18n";

const ENDINGS = ["all", "COMPLETED", "FAILED", "CANCELLED"] as const;

/** What has ended, the latest first. */
export function Ended({ scope }: { scope: ReturnType<typeof useScope> }) {
  const t = useT();
  const [ending, setEnding] = useState<Ending>("all");
  const list = useEnded(scope.asked, ending);
  const jobs = list.items?.filter((job: Job) => scope.shows(job));
  return (
    <Card>
      <div className="mb-3 flex flex-wrap items-center justify-between gap-2">
        <h2 className="font-semibold">{t("queue.ended")}</h2>
        <Choice
          label={t("queue.filter.label")}
          value={ending}
          onChange={setEnding}
          options={ENDINGS.map((value) => ({ value, label: t(`queue.filter.${value}`) }))}
        />
      </div>
      {list.error && <Failure error={list.error} onRetry={() => void list.refetch()} />}
      {!jobs && !list.error && <Skeleton className="h-40" />}
      {jobs?.length === 0 && !list.hasNextPage && (
        <p className="py-8 text-center text-quiet">
          {ending === "all"
            ? `${t("queue.empty.ended")}. ${t("queue.empty.endedHelp")}`
            : t("queue.empty.endedFiltered")}
        </p>
      )}
      <ul aria-label={t("queue.ended")}>
        {jobs?.map((job) => (
          <EndedRow key={job.id} job={job} />
        ))}
      </ul>
      {list.hasNextPage && (
        <div className="mt-3 flex justify-center">
          <Button busy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            {t("queue.more")}
          </Button>
        </div>
      )}
    </Card>
  );
}
