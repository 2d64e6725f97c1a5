import { ImageIcon } from "lucide-react";
import { Empty } from "@/design/States";
import { useT } from "@/i18n";
import { JobPanel } from "@/jobs/JobPanel";
import { RecentJobs } from "@/jobs/RecentJobs";
import { useRecentJobs } from "@/jobs/recent";

/** What is being painted, and what was painted before. */
export function Stage({ shown, onShow }: { shown: string | undefined; onShow: (id: string) => void }) {
  const t = useT();
  const { data } = useRecentJobs();
  const latest = shown ?? data?.items[0]?.id;
  const known = data?.items.find((one) => one.id === latest);
  return (
    <section aria-label={t("advanced.stage.label")} className="flex flex-col gap-6 px-4 py-5 sm:px-6">
      {latest ? (
        <JobPanel
          key={latest}
          id={latest}
          {...(known ? { known } : {})}
          most="calc(100dvh - 22rem)"
          onNext={(job) => onShow(job.id)}
        />
      ) : (
        data && (
          <Empty icon={<ImageIcon size={36} aria-hidden="true" />} title={t("advanced.stage.empty")}>
            {t("advanced.stage.emptyHelp")}
          </Empty>
        )
      )}
      {(data?.items.length ?? 0) > 0 && <RecentJobs current={latest} onOpen={(job) => onShow(job.id)} />}
    </section>
  );
}
