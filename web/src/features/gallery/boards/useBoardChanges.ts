import { useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { api } from "@/api/client";
import type { Board } from "@/api/schema.gen";

const KEY = ["boards"];
const byName = (boards: Board[]) => [...boards].sort((a, b) => a.name.localeCompare(b.name));

/** Making, renaming and removing boards; shown at once. Each throws what the API refuses. */
export function useBoardChanges() {
  const client = useQueryClient();
  return useMemo(() => {
    const show = (change: (boards: Board[]) => Board[]) =>
      client.setQueryData<Board[]>(KEY, (boards) => boards && byName(change(boards)));
    /** Shows a change, and takes it back where it is refused. */
    const sent = async <T>(change: (boards: Board[]) => Board[], send: () => Promise<T>): Promise<T> => {
      await client.cancelQueries({ queryKey: KEY });
      const before = client.getQueryData<Board[]>(KEY);
      show(change);
      try {
        return await send();
      } catch (error) {
        client.setQueryData(KEY, before);
        throw error;
      }
    };
    const path = (id: string) => ({ params: { path: { board_id: id } } });
    return {
      make: async (name: string, team_id: string | null = null) => {
        const { data } = await api.POST("/api/v1/boards", { body: { name, team_id } });
        if (data) show((boards) => [...boards, data]);
        return data;
      },
      change: (id: string, to: { name?: string; team_id?: string | null }) =>
        sent(
          (boards) => boards.map((board) => (board.id === id ? { ...board, ...to } : board)),
          () => api.PATCH("/api/v1/boards/{board_id}", { ...path(id), body: to }),
        ),
      remove: (id: string) =>
        sent(
          (boards) => boards.filter((board) => board.id !== id),
          () => api.DELETE("/api/v1/boards/{board_id}", path(id)),
        ),
    };
  }, [client]);
}
