import { ArrowRight } from "lucide-react";
import { api } from "@/api/client";
import { usePages } from "@/api/pages";
import type { LedgerPosting } from "@/api/schema.gen";
import { Button } from "@/design/Button";
import { cx } from "@/design/cx";
import { Card } from "@/design/Layout";
import { Moment } from "@/design/Moment";
import { Failure, Skeleton } from "@/design/States";
import { type Flow, flowsOf, type Group, groupsOf } from "@/features/team/credits/postings";
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
          {groupsOf(list.items).map((group) => (
            <GroupRow key={group.key} group={group} />
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

function GroupRow({ group }: { group: Group }) {
  const t = useT();
  const members = useMembers().data;
  const { change } = group;
  const user = group.postings[0]?.user_id;
  const who = user
    ? (members?.find((member) => member.user_id === user)?.name ?? (members ? t("team.credits.left") : ""))
    : "";
  return (
    <li className="flex items-start gap-4 py-3">
      <div className="grid min-w-0 flex-1 gap-2">
        {who && <p className="break-words font-medium">{t("team.credits.jobOf", { name: who })}</p>}
        {group.postings.map((posting) => (
          <Line key={posting.id} posting={posting} inJob={who !== ""} />
        ))}
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

/** One posting: what it was, and from where to where the credits went. */
function Line({ posting, inJob }: { posting: LedgerPosting; inJob: boolean }) {
  const t = useT();
  const { from, to } = flowsOf(posting.entries);
  return (
    <div>
      <p className={inJob ? "text-sm" : "font-medium"}>{t(`team.credits.kinds.${posting.kind}`)}</p>
      <p className="flex flex-wrap items-center gap-x-1.5 text-sm text-quiet">
        <Flows flows={from} />
        <ArrowRight size={14} aria-label={t("team.credits.to")} role="img" />
        <Flows flows={to} />
        {/* On a line of its own it needs no dot. */}
        <span aria-hidden="true" className="max-sm:hidden">
          ·
        </span>
        <span className="max-sm:basis-full">
          <Moment at={posting.at} />
        </span>
      </p>
      {posting.memo && <p className="break-words text-sm text-quiet">{posting.memo}</p>}
    </div>
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
