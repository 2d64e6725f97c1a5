import { Check, Circle, CircleX, Zap } from "lucide-react";
import { cx } from "@/design/cx";
import { Spinner } from "@/design/Spinner";
import { Progress } from "@/design/States";
import { type Kinds, neededOf, nodesOf, type RawGraph } from "@/features/workflows/form/graph";
import { type NodeState, nodeStates } from "@/features/workflows/run/nodeStates";
import { useT } from "@/i18n";
import type { JobView } from "@/jobs/view";
import { useLiveJob } from "@/realtime/jobs";

const LOOK: Record<NodeState, string> = {
  waiting: "text-quiet",
  running: "text-accent-ink font-medium",
  done: "text-ink",
  cached: "text-ink",
  failed: "text-bad font-medium",
};

/** The steps of a workflow's job by name, in the order in which they come, and how far each is. */
export function NodeProgress({ view, kinds }: { view: JobView; kinds: Kinds }) {
  const t = useT();
  const live = useLiveJob(view.job.id);
  const graph = ("graph" in view.job.request ? view.job.request.graph : {}) as RawGraph;
  const nodes = nodesOf(graph, kinds);
  const order = neededOf(nodes, kinds);
  const running = live?.node ?? view.job.node ?? null;
  const states = nodeStates(order, nodes, view.nodes, {
    state: view.job.state,
    running,
    failed: view.job.error?.node,
  });
  return (
    <ol aria-label={t("workflows.run.progress")} className="flex flex-col text-sm">
      {order.map((id) => {
        const state = states.get(id) ?? "waiting";
        const steps = state === "running" && id === running && view.step !== null && view.steps;
        return (
          <li key={id} className={cx("flex min-h-7 items-center gap-2.5", LOOK[state])}>
            <Sign state={state} />
            <span className="min-w-0 flex-1 truncate">{nodes.get(id)?.title}</span>
            {steps ? (
              <span className="flex w-28 items-center gap-2">
                <Progress value={(view.step ?? 0) / steps} label={nodes.get(id)?.title ?? id} />
                <span className="tabular-nums">
                  {view.step}/{steps}
                </span>
              </span>
            ) : (
              <span className={state === "cached" ? "text-quiet" : "sr-only"}>
                {t(`workflows.run.node.${state}`)}
              </span>
            )}
          </li>
        );
      })}
    </ol>
  );
}

function Sign({ state }: { state: NodeState }) {
  switch (state) {
    case "running":
      return <Spinner size={16} />;
    case "done":
      return <Check size={16} aria-hidden="true" className="text-good" />;
    case "cached":
      return <Zap size={16} aria-hidden="true" className="text-good" />;
    case "failed":
      return <CircleX size={16} aria-hidden="true" />;
    case "waiting":
      return <Circle size={16} aria-hidden="true" className="opacity-50" />;
  }
}
