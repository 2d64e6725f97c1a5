import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { $api, api } from "@/api/client";
import type { CheckpointOptions, Model, Options } from "@/api/schema.gen";

/** What there is to choose from: it changes only when somebody adds a file. */
export const useOptions = () => $api.useQuery("get", "/api/v1/options", {}, { staleTime: 300_000 });

export const checkpointOf = (options: Options | undefined, name: string): CheckpointOptions | undefined =>
  options?.checkpoints.find((one) => one.name === name);

type Type = "lora" | "embedding" | "controlnet" | "ip_adapter";
const NONE: readonly Model[] = [];
const LISTS: Record<Type, (models: Model[]) => Model[]> = {
  lora: (models) => models.filter((one) => one.type === "lora"),
  embedding: (models) => models.filter((one) => one.type === "embedding"),
  controlnet: (models) => models.filter((one) => one.type === "controlnet"),
  ip_adapter: (models) => models.filter((one) => one.type === "ip_adapter"),
};

/** All files of a type that go with a checkpoint, by name. Those of all types are asked for at once. */
export function useFiles(type: Type, checkpoint: string) {
  return useQuery({
    queryKey: ["models", "for", checkpoint],
    staleTime: 60_000,
    select: LISTS[type],
    queryFn: async ({ signal }) => {
      const found: Model[] = [];
      let cursor: string | null | undefined;
      do {
        const { data } = await api.GET("/api/v1/models/search", {
          params: { query: { checkpoint, limit: 100, ...(cursor && { cursor }) } },
          signal,
        });
        found.push(...(data?.items ?? []));
        cursor = data?.next_cursor;
      } while (cursor);
      return found;
    },
  });
}

/** What prompts may name with a checkpoint; `known` is undefined for what has not been read yet. */
export function useNames(checkpoint: string) {
  const { data: loras } = useFiles("lora", checkpoint);
  const { data: embeddings } = useFiles("embedding", checkpoint);
  return useMemo(
    () => ({
      files: { loras: loras ?? NONE, embeddings: embeddings ?? NONE },
      known: {
        loras: loras && new Set(loras.map((one) => one.name)),
        embeddings: embeddings && new Set(embeddings.map((one) => one.name)),
      },
    }),
    [loras, embeddings],
  );
}
