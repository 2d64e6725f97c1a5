import { type QueryKey, useQuery, useQueryClient } from "@tanstack/react-query";
import { api } from "@/api/client";
import { allPages } from "@/api/pages";
import type { Invitation, Member, Role, Team, TeamMember } from "@/api/schema.gen";
import { refreshSession, useMay, useSession } from "@/api/session";

/** How the lists of this room are called in the cache. */
export const MEMBERS = ["team", "members"] as const;
export const INVITATIONS = ["team", "invitations"] as const;
export const TEAMS = ["team", "teams"] as const;
export const ROLES = ["team", "roles"] as const;
export const LIMITS = ["get", "/api/v1/spending-limits"] as const;
export const teamMembers = (team: string) => [...TEAMS, team, "members"] as const;

const limit = 100;

/** Everybody in the organisation, who came first before the others. */
export const useMembers = () =>
  useQuery({
    queryKey: MEMBERS,
    queryFn: ({ signal }) =>
      allPages<Member>(
        (at, signal) =>
          api
            .GET("/api/v1/members", { params: { query: { ...at, limit } }, signal })
            .then(({ data }) => data),
        signal,
      ),
    enabled: useMay("member:read"),
  });

/** Invitations that can still be accepted. */
export const useInvitations = () =>
  useQuery({
    queryKey: INVITATIONS,
    queryFn: ({ signal }) =>
      allPages<Invitation>(
        (at, signal) =>
          api
            .GET("/api/v1/invitations", { params: { query: { ...at, limit } }, signal })
            .then(({ data }) => data),
        signal,
      ),
    enabled: useMay("invitation:read"),
  });

export const useTeams = () =>
  useQuery({
    queryKey: TEAMS,
    queryFn: ({ signal }) =>
      allPages<Team>(
        (at, signal) =>
          api.GET("/api/v1/teams", { params: { query: { ...at, limit } }, signal }).then(({ data }) => data),
        signal,
      ),
    enabled: useMay("team:read"),
  });

export const useTeamMembers = (team: string) =>
  useQuery({
    queryKey: teamMembers(team),
    queryFn: ({ signal }) =>
      allPages<TeamMember>(
        (at, signal) =>
          api
            .GET("/api/v1/teams/{team_id}/members", {
              params: { path: { team_id: team }, query: { ...at, limit } },
              signal,
            })
            .then(({ data }) => data),
        signal,
      ),
  });

/** Teams that one may change and invite to: all, or those that one is in. */
export function useManagedTeams(): Pick<Team, "id" | "name">[] {
  const mine = useSession((session) => session.me?.teams) ?? [];
  const all = useTeams().data ?? [];
  return useMay("team:manage") ? all : mine;
}

/** The built-in roles, then the organisation's own. */
export const useRoles = () =>
  useQuery({
    queryKey: ROLES,
    queryFn: ({ signal }) =>
      allPages<Role>(
        (at, signal) =>
          api.GET("/api/v1/roles", { params: { query: { ...at, limit } }, signal }).then(({ data }) => data),
        signal,
      ),
    enabled: useMay("role:read"),
  });

/** What must be asked again after a change; `self`: it may have changed what one may do oneself. */
export function useChanged() {
  const queries = useQueryClient();
  return async (keys: readonly QueryKey[], self = false) => {
    if (self) await refreshSession();
    await Promise.all(keys.map((queryKey) => queries.invalidateQueries({ queryKey })));
  };
}
