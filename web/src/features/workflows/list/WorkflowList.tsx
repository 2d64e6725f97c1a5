import { Link } from "@tanstack/react-router";
import { SearchX, Workflow as Sign } from "lucide-react";
import type { ReactNode } from "react";
import { api } from "@/api/client";
import { usePages } from "@/api/pages";
import { Button } from "@/design/Button";
import { Empty, Failure } from "@/design/States";
import { Cards, CardsComing, WorkflowCard } from "@/features/workflows/list/Cards";
import type { Listed } from "@/features/workflows/queries";
import { useT } from "@/i18n";

export type Show = "mine" | "team" | "community";
export type Asked = { text: string; starred: boolean; sort: "stars" | "newest" };

const PAGE = 48;

/** Kept workflows: one's own, one's teams', or those of everybody in the installation. */
export function WorkflowList({
  show,
  asked,
  onClear,
  importing,
}: {
  show: Show;
  asked: Asked;
  onClear: () => void;
  /** The button that imports one. */
  importing: ReactNode;
}) {
  const t = useT();
  const path = show === "community" ? "/api/v1/workflows/community" : "/api/v1/workflows";
  const list = usePages<Listed>(["get", path, show, asked], async (at, signal) => {
    const query = {
      ...at,
      ...(asked.text && { text: asked.text }),
      ...(asked.starred && { starred: true }),
      limit: PAGE,
    };
    if (show === "community")
      return (
        await api.GET(path as "/api/v1/workflows/community", {
          params: { query: { ...query, sort: asked.sort } },
          signal,
        })
      ).data;
    return (
      await api.GET("/api/v1/workflows", {
        params: { query: { ...query, mine: show === "mine" } },
        signal,
      })
    ).data;
  });
  // The list without `mine` has one's own as well.
  const items = list.items?.filter(
    (one) => show !== "team" || (one.team_id !== null && one.visibility !== "private"),
  );
  if (list.error) return <Failure error={list.error} onRetry={() => void list.refetch()} />;
  if (items?.length === 0 && !list.hasNextPage)
    return <Nothing show={show} asked={asked} onClear={onClear} importing={importing} />;
  return (
    <>
      <Cards label={t(`workflows.list.${show}`)}>
        {items ? items.map((one) => <WorkflowCard key={one.id} workflow={one} />) : <CardsComing />}
      </Cards>
      {list.hasNextPage && (
        <div className="mt-5 flex justify-center">
          <Button busy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            {t("action.more")}
          </Button>
        </div>
      )}
    </>
  );
}

const EMPTY = {
  mine: ["workflows.list.none", "workflows.list.noneHelp"],
  team: ["workflows.list.noneTeam", "workflows.list.noneTeamHelp"],
  community: ["workflows.list.noneCommunity", "workflows.list.noneCommunityHelp"],
} as const;

function Nothing({
  show,
  asked,
  onClear,
  importing,
}: {
  show: Show;
  asked: Asked;
  onClear: () => void;
  importing: ReactNode;
}) {
  const t = useT();
  if (asked.text || asked.starred)
    return (
      <Empty
        icon={<SearchX size={28} aria-hidden="true" />}
        title={t("workflows.list.noneFound")}
        action={<Button onClick={onClear}>{t("workflows.list.clear")}</Button>}
      >
        {t("workflows.list.noneFoundHelp")}
      </Empty>
    );
  const [title, help] = EMPTY[show];
  return (
    <Empty
      icon={<Sign size={28} aria-hidden="true" />}
      title={t(title)}
      action={
        <div className="flex flex-wrap justify-center gap-2">
          <Button kind="primary" asChild>
            <Link to="/workflows" search={{ show: "templates" } as never}>
              {t("workflows.list.toTemplates")}
            </Link>
          </Button>
          {show === "mine" && importing}
        </div>
      }
    >
      {t(help)}
    </Empty>
  );
}
