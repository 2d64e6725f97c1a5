import { useMutation } from "@tanstack/react-query";
import { Pencil, Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import { $api, api } from "@/api/client";
import type { SpendingLimit } from "@/api/schema.gen";
import { useMay } from "@/api/session";
import { Button, IconButton } from "@/design/Button";
import { Confirm } from "@/design/Dialog";
import { Badge, Card } from "@/design/Layout";
import { Failure, Progress, Skeleton } from "@/design/States";
import { toast } from "@/design/Toaster";
import { LimitEditor } from "@/features/team/credits/LimitEditor";
import { LIMITS, useChanged } from "@/features/team/queries";
import { useT } from "@/i18n";
import { amount } from "@/lib/credits";

/** The most that may be spent in a month, by whom, and how far that has come. */
export function Limits() {
  const t = useT();
  const limits = $api.useQuery("get", "/api/v1/spending-limits");
  const manages = useMay("credit:manage");
  const [editing, setEditing] = useState<SpendingLimit | "new">();
  return (
    <Card
      title={t("team.limits.title")}
      aside={
        manages && (
          <Button size="sm" onClick={() => setEditing("new")}>
            <Plus size={15} aria-hidden="true" />
            {t("team.limits.make")}
          </Button>
        )
      }
    >
      {limits.error ? (
        <Failure error={limits.error} onRetry={() => limits.refetch()} />
      ) : !limits.data ? (
        <Skeleton className="h-12" />
      ) : limits.data.items.length === 0 ? (
        <p className="text-quiet">{t("team.limits.none")}</p>
      ) : (
        <ul className="divide-y divide-line">
          {limits.data.items.map((limit) => (
            <Row
              key={limit.scope + limit.subject_id}
              limit={limit}
              {...(manages ? { onEdit: () => setEditing(limit) } : {})}
            />
          ))}
        </ul>
      )}
      {editing && (
        <LimitEditor
          {...(editing === "new" ? {} : { limit: editing })}
          taken={limits.data?.items ?? []}
          onClose={() => setEditing(undefined)}
        />
      )}
    </Card>
  );
}

const remove = ({ scope, subject_id }: SpendingLimit) => {
  switch (scope) {
    case "organisation":
      return api.DELETE("/api/v1/spending-limits/organisation");
    case "team":
      return api.DELETE("/api/v1/spending-limits/teams/{team_id}", {
        params: { path: { team_id: subject_id } },
      });
    case "member":
      return api.DELETE("/api/v1/spending-limits/members/{user_id}", {
        params: { path: { user_id: subject_id } },
      });
  }
};

function Row({ limit, onEdit }: { limit: SpendingLimit; onEdit?: () => void }) {
  const t = useT();
  const changed = useChanged();
  const [sure, setSure] = useState(false);
  const take = useMutation({
    mutationFn: () => remove(limit),
    onSuccess: () => {
      toast.success(t("team.limits.removed"));
      return changed([LIMITS]);
    },
    onSettled: () => setSure(false),
  });
  const share = limit.amount_microcredits === 0 ? 1 : limit.spent_microcredits / limit.amount_microcredits;
  const said = t("team.limits.spent", {
    spent: amount(limit.spent_microcredits),
    most: amount(limit.amount_microcredits),
  });
  const { name } = limit;
  return (
    <li className="flex items-center gap-3 py-3">
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-center gap-x-2 gap-y-1 font-medium">
          <span className="min-w-0 break-words">{name}</span>
          <Badge>{t(`team.limits.scopes.${limit.scope}`)}</Badge>
          {share >= 1 && <Badge tone="bad">{t("team.limits.reached")}</Badge>}
        </p>
        <Progress value={Math.min(1, share)} label={`${name}: ${said}`} className="my-1.5" />
        <p className="text-sm text-quiet">
          {said}
          {limit.alerts.length > 0 && ` · ${t("team.limits.alerts", { at: limit.alerts.join(", ") })}`}
        </p>
      </div>
      {onEdit && (
        <div className="flex">
          <IconButton label={t("team.limits.editNamed", { name })} onClick={onEdit}>
            <Pencil size={16} aria-hidden="true" />
          </IconButton>
          <IconButton label={t("team.limits.removeNamed", { name })} onClick={() => setSure(true)}>
            <Trash2 size={16} aria-hidden="true" />
          </IconButton>
        </div>
      )}
      <Confirm
        open={sure}
        onOpenChange={setSure}
        title={t("team.limits.removeSure", { name })}
        description={t("team.limits.removeHelp")}
        action={t("action.remove")}
        busy={take.isPending}
        onConfirm={() => take.mutate()}
      />
    </li>
  );
}
