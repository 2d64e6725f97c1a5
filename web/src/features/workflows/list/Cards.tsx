import { Link } from "@tanstack/react-router";
import { Workflow as Sign, Star } from "lucide-react";
import { type ReactNode, useState } from "react";
import type { Template } from "@/api/schema.gen";
import { Badge } from "@/design/Layout";
import { Moment } from "@/design/Moment";
import { Skeleton } from "@/design/States";
import type { Listed } from "@/features/workflows/queries";
import { useT } from "@/i18n";

/** Cards side by side, as many as there is room for. */
export function Cards({ label, children }: { label: string; children: ReactNode }) {
  return (
    <ul
      aria-label={label}
      className="grid grid-cols-[repeat(auto-fill,minmax(min(100%,9.5rem),1fr))] sm:grid-cols-[repeat(auto-fill,minmax(13.5rem,1fr))] gap-3 sm:gap-4"
    >
      {children}
    </ul>
  );
}

export function CardsComing() {
  return Array.from({ length: 8 }, (_, place) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: places have nothing else
    <li key={place}>
      <Skeleton className="aspect-4/3 w-full rounded-card" />
      <Skeleton className="mt-2 h-5 w-2/3" />
    </li>
  ));
}

const CARD =
  "group flex h-full flex-col overflow-hidden rounded-card border border-line bg-surface hover:border-edge -outline-offset-2";

export function WorkflowCard({ workflow }: { workflow: Listed }) {
  const t = useT();
  return (
    <li>
      <Link to="/workflows/$workflowId" params={{ workflowId: workflow.id }} className={CARD}>
        <Face source={workflow.thumbnail_url} />
        <div className="flex flex-1 flex-col gap-1 p-3">
          <h2 className="line-clamp-2 font-medium [overflow-wrap:anywhere]">{workflow.name}</h2>
          {workflow.description && (
            <p className="line-clamp-2 text-sm text-quiet [overflow-wrap:anywhere]">{workflow.description}</p>
          )}
          <div className="mt-auto flex flex-wrap items-center gap-x-2 gap-y-1 pt-1 text-sm text-quiet">
            {!workflow.mine && (
              <span className="truncate">{t("workflows.list.by", { author: workflow.author })}</span>
            )}
            <Moment at={workflow.updated_at} />
            {workflow.visibility !== "private" && workflow.mine && (
              <Badge>{t(`workflows.visibility.${workflow.visibility}`)}</Badge>
            )}
            {workflow.stars > 0 && (
              <span
                className="ml-auto inline-flex items-center gap-1"
                title={t("workflows.stars", { count: workflow.stars })}
              >
                <Star
                  size={14}
                  aria-hidden="true"
                  className={workflow.starred ? "fill-accent text-accent" : undefined}
                />
                {workflow.stars}
              </span>
            )}
          </div>
        </div>
      </Link>
    </li>
  );
}

export function TemplateCard({ template }: { template: Template }) {
  return (
    <li>
      <Link to="/workflows/templates/$name" params={{ name: template.name }} className={CARD}>
        <Face source={template.thumbnail_url} />
        <div className="flex flex-1 flex-col gap-1 p-3">
          <h2 className="font-medium">{template.title}</h2>
          <p className="text-sm text-quiet max-sm:line-clamp-3">{template.description}</p>
        </div>
      </Link>
    </li>
  );
}

/** What it paints; a sign where it has no picture, or may not show it. */
function Face({ source }: { source: string | null }) {
  const [lost, setLost] = useState(false);
  return (
    <span className="relative grid aspect-4/3 w-full place-items-center overflow-hidden bg-hover text-quiet">
      {source && !lost ? (
        <img
          src={source}
          alt=""
          loading="lazy"
          decoding="async"
          className="absolute inset-0 size-full object-cover"
          onError={() => setLost(true)}
        />
      ) : (
        <Sign size={28} aria-hidden="true" />
      )}
    </span>
  );
}
