import { Link, useNavigate } from "@tanstack/react-router";
import { Ellipsis, ImageIcon, RotateCcw, Workflow } from "lucide-react";
import type { Job } from "@/api/schema.gen";
import { useMay, useSession } from "@/api/session";
import { Button, IconButton } from "@/design/Button";
import { Badge } from "@/design/Layout";
import { Menu } from "@/design/Menu";
import { Moment } from "@/design/Moment";
import { Owner } from "@/features/queue/ActiveRow";
import { Face } from "@/features/queue/Face";
import { useAgain } from "@/features/queue/useActions";
import { adviceOf, kindOf, nameOf } from "@/features/queue/words";
import { useT } from "@/i18n";
import { outputsOf } from "@/jobs/request";
import { viewOf } from "@/jobs/view";
import { inCredits } from "@/lib/credits";

const TONE = { COMPLETED: "good", FAILED: "bad", CANCELLED: "plain" } as const;
const ICON = { size: 16, "aria-hidden": true } as const;

/** A job that has ended: what became of it; of a failed one why, and what to do. */
export function EndedRow({ job }: { job: Job }) {
  const t = useT();
  const navigate = useNavigate();
  const again = useAgain();
  const may = useMay("job:create");
  const mine = useSession((session) => session.me?.id === job.user_id);
  const [first] = outputsOf(job);
  const name = nameOf(job);
  const workflow = "workflow_id" in job.request ? job.request.workflow_id : null;
  const state = job.state as keyof typeof TONE;
  const charged = job.charged_microcredits;
  return (
    <li aria-label={name} className="flex flex-col gap-2 border-b border-line py-2.5 last:border-0">
      <div className="flex items-center gap-3">
        {first ? (
          <Link
            to="/gallery/$assetId"
            params={{ assetId: first.asset_id }}
            aria-label={`${t("queue.action.open")}: ${name}`}
            className="rounded-control"
          >
            <Face view={viewOf(job, undefined, false)} />
          </Link>
        ) : (
          <Face view={viewOf(job, undefined, false)} />
        )}
        <div className="flex min-w-0 flex-1 flex-col gap-1">
          <p className="line-clamp-2 font-medium leading-snug [overflow-wrap:anywhere] sm:line-clamp-1">
            {name}
          </p>
          <p className="flex flex-wrap items-center gap-x-2 gap-y-0.5 text-sm text-quiet">
            <Badge tone={TONE[state]}>{t(`state.${job.state}`)}</Badge>
            <Owner job={job} />
            <span>{kindOf(job)}</span>
            {job.finished_at && <Moment at={job.finished_at} />}
            <span>
              {charged ? t("queue.charged", { price: inCredits(charged) }) : t("queue.chargedNothing")}
            </span>
          </p>
        </div>
        <Menu
          trigger={
            <IconButton label={t("queue.menu", { name })} className="size-10!">
              <Ellipsis size={18} aria-hidden="true" />
            </IconButton>
          }
          entries={[
            ...(first
              ? [
                  {
                    label: t("queue.action.open"),
                    icon: <ImageIcon {...ICON} />,
                    onSelect: () =>
                      void navigate({ to: "/gallery/$assetId", params: { assetId: first.asset_id } }),
                  },
                ]
              : []),
            ...(workflow
              ? [
                  {
                    label: t("queue.action.workflow"),
                    icon: <Workflow {...ICON} />,
                    onSelect: () =>
                      void navigate({ to: "/workflows/$workflowId", params: { workflowId: workflow } }),
                  },
                ]
              : []),
            ...(mine && may
              ? [
                  {
                    label: t("queue.action.retry"),
                    icon: <RotateCcw {...ICON} />,
                    onSelect: () => again.mutate(job),
                  },
                ]
              : []),
          ]}
        />
      </div>
      {job.state === "FAILED" && job.error && (
        <div className="flex flex-wrap items-center gap-x-4 gap-y-2 rounded-control bg-bad-soft px-3 py-2 text-sm sm:ml-17">
          <p className="min-w-0 flex-1 basis-64 [overflow-wrap:anywhere]">
            <span className="text-bad">{job.error.detail}</span>{" "}
            {job.error.class_type && <>{t("queue.error.node", { name: job.error.class_type })} </>}
            {adviceOf(job.error)}
          </p>
          {mine && may && job.error.retryable && (
            <Button size="sm" busy={again.isPending} onClick={() => again.mutate(job)}>
              <RotateCcw {...ICON} />
              {t("queue.action.retry")}
            </Button>
          )}
        </div>
      )}
    </li>
  );
}
