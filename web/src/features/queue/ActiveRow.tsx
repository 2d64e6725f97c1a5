import {
  ArrowDown,
  ArrowDownToLine,
  ArrowUp,
  ArrowUpToLine,
  Ellipsis,
  GripVertical,
  Pause,
  Play,
  X,
} from "lucide-react";
import type { ComponentProps } from "react";
import type { Job } from "@/api/schema.gen";
import { useMay, useSession } from "@/api/session";
import { IconButton } from "@/design/Button";
import { cx } from "@/design/cx";
import { Badge } from "@/design/Layout";
import { Menu, type MenuEntry } from "@/design/Menu";
import { Progress } from "@/design/States";
import { Face } from "@/features/queue/Face";
import { useChange, type Way } from "@/features/queue/useActions";
import { kindOf, nameOf } from "@/features/queue/words";
import { useT } from "@/i18n";
import { countOf } from "@/jobs/request";
import { type JobView, viewOf } from "@/jobs/view";
import { inCredits } from "@/lib/credits";
import { duration } from "@/lib/time";
import { useLive, useLiveJob } from "@/realtime/jobs";

const ICON = { size: 16, "aria-hidden": true } as const;

/** A job that has not ended: whose it is, how far, when it is done; and what may be done with it. */
export function ActiveRow({
  job,
  at,
  of,
  handle,
  onMove,
  held = false,
}: {
  job: Job;
  /** Its place among one's own that wait, from 0, and how many they are; without them it cannot be moved. */
  at?: number;
  of?: number;
  handle?: ComponentProps<"button">;
  onMove?: (to: number) => void;
  held?: boolean;
}) {
  const t = useT();
  const live = useLiveJob(job.id);
  const connected = useLive((state) => state.connection === "open");
  const view = viewOf(job, live, connected);
  const name = nameOf(job);
  const count = countOf(job.request);
  return (
    <li
      data-job={job.id}
      aria-label={name}
      className={cx(
        "flex items-center gap-2 rounded-card border bg-surface p-2.5 sm:gap-3 sm:p-3",
        held ? "z-10 border-accent shadow-xl" : "border-line",
      )}
    >
      {handle && (
        <button
          type="button"
          aria-label={t("queue.handle", { name })}
          className="-ml-1 grid h-10 w-7 shrink-0 cursor-grab touch-none place-items-center rounded-md text-quiet hover:bg-hover hover:text-ink active:cursor-grabbing"
          {...handle}
        >
          <GripVertical size={18} aria-hidden="true" />
        </button>
      )}
      <Face view={view} />
      <div className="flex min-w-0 flex-1 flex-col gap-1">
        <p className="line-clamp-2 font-medium leading-snug [overflow-wrap:anywhere] sm:line-clamp-1">
          {name}
        </p>
        <p className="flex flex-wrap items-center gap-x-2 gap-y-0.5 text-sm text-quiet">
          <Owner job={job} />
          <span>{kindOf(job)}</span>
          {count > 1 && <span>{t("queue.pictures", { count })}</span>}
          <span>{t("queue.set", { price: inCredits(job.reserved_microcredits) })}</span>
          {job.attempt > 1 && <span>{t("queue.attempt", { count: job.attempt })}</span>}
        </p>
        <Standing view={view} />
      </div>
      <RowActions job={job} view={view} name={name} at={at} of={of} onMove={onMove} />
    </li>
  );
}

export function Owner({ job }: { job: Job }) {
  const t = useT();
  const me = useSession((session) => session.me?.id);
  return <Badge>{job.user_id === me ? t("queue.you") : job.owner || t("queue.somebody")}</Badge>;
}

/** Where it stands, in words and as a bar. The line is there from the beginning, so that nothing jumps. */
function Standing({ view }: { view: JobView }) {
  const t = useT();
  const { job, phase } = view;
  const waits = phase === "waiting" || phase === "paused";
  const parts: string[] = [t(`jobs.phase.${phase}`)];
  const step = view.step ?? job.step ?? null;
  const steps = view.steps ?? job.steps ?? null;
  if (phase === "waiting" && job.not_before && Date.parse(job.not_before) > Date.now())
    parts.push(t("queue.later", { time: duration((Date.parse(job.not_before) - Date.now()) / 1000) }));
  else if (phase === "waiting" && view.position !== null)
    parts.push(view.position === 1 ? t("queue.next") : t("queue.place", { position: view.position }));
  if (phase === "painting" && step !== null && steps) parts.push(t("queue.step", { step, steps }));
  if (phase !== "paused" && phase !== "stopping" && view.eta !== null && view.eta > 0.5)
    parts.push(t("queue.eta", { time: duration(view.eta) }));
  const part = phase === "painting" && step !== null && steps ? step / steps : view.progress;
  return (
    <div className="flex flex-col gap-1">
      <p className="text-sm tabular-nums">{parts.join(" · ")}</p>
      {!waits && <Progress value={part} label={t("jobs.progress")} />}
    </div>
  );
}

function RowActions({
  job,
  view,
  name,
  at,
  of,
  onMove,
}: {
  job: Job;
  view: JobView;
  name: string;
  at: number | undefined;
  of: number | undefined;
  onMove: ((to: number) => void) | undefined;
}) {
  const t = useT();
  const change = useChange();
  const may = useMay("job:create");
  const manages = useMay("job:manage");
  const mine = useSession((session) => session.me?.id === job.user_id);
  const entries: MenuEntry[] = [];
  const way = (kind: Way) => () => change.mutate({ job, way: kind });
  const waits = view.phase === "waiting" || view.phase === "paused";
  if (onMove && at !== undefined && of !== undefined && of > 1) {
    entries.push(
      {
        label: t("queue.action.first"),
        icon: <ArrowUpToLine {...ICON} />,
        disabled: at === 0,
        onSelect: () => onMove(0),
      },
      {
        label: t("queue.action.up"),
        icon: <ArrowUp {...ICON} />,
        disabled: at === 0,
        onSelect: () => onMove(at - 1),
      },
      {
        label: t("queue.action.down"),
        icon: <ArrowDown {...ICON} />,
        disabled: at === of - 1,
        onSelect: () => onMove(at + 1),
      },
      {
        label: t("queue.action.last"),
        icon: <ArrowDownToLine {...ICON} />,
        disabled: at === of - 1,
        onSelect: () => onMove(of - 1),
      },
      "line",
    );
  }
  if (mine && may && waits)
    entries.push(
      job.paused
        ? { label: t("queue.action.resume"), icon: <Play {...ICON} />, onSelect: way("resume") }
        : { label: t("queue.action.pause"), icon: <Pause {...ICON} />, onSelect: way("pause") },
    );
  if (may && (mine || manages))
    entries.push({
      label: t("queue.action.cancel"),
      icon: <X {...ICON} />,
      danger: true,
      disabled: view.phase === "stopping",
      onSelect: way("cancel"),
    });
  if (entries.length === 0) return null;
  return (
    <Menu
      trigger={
        <IconButton label={t("queue.menu", { name })} className="size-10!">
          <Ellipsis size={18} aria-hidden="true" />
        </IconButton>
      }
      entries={entries}
    />
  );
}
