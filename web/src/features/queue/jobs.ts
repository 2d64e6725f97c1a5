import { type QueryKey, useQuery } from "@tanstack/react-query";
import { api } from "@/api/client";
import { allPages, usePages } from "@/api/pages";
import type { Job } from "@/api/schema.gen";
import { useMay, useSession } from "@/api/session";
import { useLive } from "@/realtime/jobs";

export type Scope = "mine" | "team" | "all";
export type Ending = "all" | "COMPLETED" | "FAILED" | "CANCELLED";

const PATH = "/api/v1/jobs";
const UNDER_WAY = ["PENDING", "QUEUED", "ASSIGNED", "PROCESSING"] as const;
const ENDS = ["COMPLETED", "FAILED", "CANCELLED"] as const;
/** Places in line change without anybody telling: others' jobs begin. */
const ASK_MS = 5_000;
const ASK_ALONE_MS = 2_500;
const ASK_IDLE_MS = 30_000;
const MOST = 500;

/** Every list of jobs that have not ended. The stream's news ask for it anew (src/realtime/refetch.ts). */
export const ACTIVE: QueryKey = ["get", PATH, "under way"];

type Asked = { mine: boolean; team: string | null };

/** How a scope is asked for: without `mine` there are one's own and one's teams', for who manages jobs everybody's. */
export function useScope(scope: Scope): { asked: Asked; shows: (job: Job) => boolean } {
  const manages = useMay("job:manage");
  const teams = useSession((session) => session.me?.teams);
  const only = teams?.length === 1 ? (teams[0]?.id ?? null) : null;
  const ids = new Set(teams?.map((team) => team.id));
  if (scope === "mine") return { asked: { mine: true, team: null }, shows: () => true };
  if (scope === "all") return { asked: { mine: false, team: null }, shows: () => true };
  return {
    asked: { mine: false, team: manages ? only : null },
    shows: (job) => job.team_id !== null && ids.has(job.team_id),
  };
}

const queryOf = (asked: Asked) => ({
  ...(asked.mine && { mine: true }),
  ...(asked.team && { team_id: asked.team }),
});

/** Jobs that wait or run. */
export function useActive(asked: Asked) {
  const connected = useLive((state) => state.connection === "open");
  return useQuery({
    queryKey: [...ACTIVE, asked],
    queryFn: ({ signal }) =>
      allPages<Job>(
        async (at, abort) =>
          (
            await api.GET(PATH, {
              params: { query: { ...queryOf(asked), ...at, state: [...UNDER_WAY], limit: 100 } },
              signal: abort,
            })
          ).data,
        signal,
        MOST,
      ),
    refetchInterval: ({ state }) =>
      !connected ? ASK_ALONE_MS : state.data?.length || !asked.mine ? ASK_MS : ASK_IDLE_MS,
    staleTime: 1_000,
  });
}

/** Jobs that have ended, the latest first. */
export const useEnded = (asked: Asked, ending: Ending) =>
  usePages<Job>(["get", PATH, "ended", asked, ending], async (at, signal) => {
    const state = ending === "all" ? [...ENDS] : [ending];
    return (
      await api.GET(PATH, { params: { query: { ...queryOf(asked), ...at, state, limit: 25 } }, signal })
    ).data;
  });
