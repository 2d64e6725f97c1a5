import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { api } from "@/api/client";
import type { ToValidate, Validation } from "@/api/schema.gen";
import type { RawGraph } from "@/features/workflows/form/graph";
import { useSettled } from "@/lib/settled";

const PAUSE_MS = 350;

/** What is wrong with a graph and what it would cost; asked again when a change of it has come to rest. */
export function useCheck(graph: RawGraph | undefined) {
  const body = graph ? JSON.stringify(checkable(graph)) : "";
  const settled = useSettled(body, PAUSE_MS);
  const query = useQuery({
    queryKey: ["workflow-check", settled],
    enabled: settled !== "",
    staleTime: 60_000,
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }): Promise<Validation> => {
      const sent = { graph: JSON.parse(settled) } as ToValidate;
      const { data } = await api.POST("/api/v1/workflows/validate", { body: sent, signal });
      if (!data) throw new TypeError("An answer without a validation");
      return data;
    },
  });
  return { ...query, stale: query.isPlaceholderData || settled !== body };
}

/** Numbers that JavaScript does not hold to the last digit are left out: their default is as good for looking. */
export function checkable(graph: RawGraph): RawGraph {
  return Object.fromEntries(
    Object.entries(graph).map(([id, node]) => {
      const { inputs, ...rest } = node as { inputs?: Record<string, unknown> };
      const kept = Object.entries(inputs ?? {}).filter(
        ([, value]) =>
          !(typeof value === "number" && Number.isInteger(value) && !Number.isSafeInteger(value)),
      );
      return [id, { ...rest, inputs: Object.fromEntries(kept) }];
    }),
  );
}
