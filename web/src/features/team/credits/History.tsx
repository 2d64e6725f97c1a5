import { ArrowRight } from "lucide-react";
import { api } from "@/api/client";
import { usePages } from "@/api/pages";
import type { LedgerPosting } from "@/api/schema.gen";
import { Button } from "@/design/Button";
import { cx } from "@/design/cx";
import { Card } from "@/design/Layout";
import { Moment } from "@/design/Moment";
import { Failure, Skeleton } from "@/design/States";
import { changeOf, type Flow, flowsOf } from "@/features/team/credits/postings";
import { useMembers } from "@/features/team/queries";
import { useT } from "@/i18n";
import { amount } from "@/lib/credits";

/** All that happened to the credits, the latest first. */
export function History() {
  const t = useT();
  const list = usePages(["get", "/api/v1/credits/history"], (at, signal) =>
    api
      .GET("/api/v1/credits/history", { params: { query: { ...at, limit: 25 } }, signal })
      .then(({ data }) => data),
  );
  return (
    <Card title={t("team.credits.history")}>
      {list.error ? (
        <Failure error={list.error} onRetry={() => list.refetch()} />
      ) : !list.items ? (
        <Skeleton className="h-64" />
      ) : list.items.length === 0 ? (
        <p className="text-quiet">{t("team.credits.historyNone")}</p>
      ) : (
        <ul aria-label={t("team.credits.history")} className="divide-y divide-line">
          {list.items.map((posting) => (
            <Row key={posting.id} posting={posting} />
          ))}
        </ul>
      )}
      {list.hasNextPage && (
        <Button className="mt-3" busy={list.isFetchingNextPage} onClick={() => list.fetchNextPage()}>
          {t("team.credits.older")}
        </Button>
      )}
    </Card>
  );
}

function Row({ posting }: { posting: LedgerPosting }) {
  const t = useT();
  const members = useMembers().data;
  const { from, to } = flowsOf(posting.entries);
  const change = changeOf(posting, "available");
  const who = posting.user_id
    ? (members?.find((member) => member.user_id === posting.user_id)?.name ??
      (members ? t("team.credits.left") : ""))
    : "";
  return (
    <li className="flex items-start gap-4 py-3">
      <div className="min-w-0 flex-1">
        <p className="font-medium">{t(`team.credits.kinds.${posting.kind}`)}</p>
        <p className="flex flex-wrap items-center gap-x-1.5 text-sm text-quiet">
          <Flows flows={from} />
          <ArrowRight size={14} aria-label={t("team.credits.to")} role="img" />
          <Flows flows={to} />
        </p>
        <p className="flex flex-wrap gap-x-3 text-sm text-quiet">
          <Moment at={posting.at} />
          {who && <span className="min-w-0 break-words">{who}</span>}
          {posting.memo && <span className="min-w-0 break-words">{posting.memo}</span>}
        </p>
      </div>
      <p className={cx("shrink-0 text-right font-medium tabular-nums", change > 0 && "text-good")}>
        {change !== 0 && (
          <>
            <span className="sr-only">{t("team.credits.available")}: </span>
            {change > 0 ? "+" : "−"}
            {amount(Math.abs(change))}
          </>
        )}
      </p>
    </li>
  );
}

function Flows({ flows }: { flows: Flow[] }) {
  const t = useT();
  return flows.map((flow, place) => (
    <span key={flow.account} className="whitespace-nowrap">
      {place > 0 && "+ "}
      {t(`team.credits.accounts.${flow.account}`)} {amount(flow.micro)}
    </span>
  ));
}
