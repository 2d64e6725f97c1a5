import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { api } from "@/api/client";
import { type Draft, MOST } from "../draft/draft";
import { useLater } from "../useLater";

/** What a prompt comes to by the checkpoint's own tokenizer. A question that is out of date is taken back. */
export function useTokens(checkpoint: string, prompt: string) {
  const asked = useLater(prompt, 250);
  return useQuery({
    queryKey: ["tokens", checkpoint, asked],
    queryFn: async ({ signal }) => {
      const { data } = await api.POST("/api/v1/prompts/tokens", {
        body: { checkpoint, prompt: asked, clip_skip: 1 },
        signal,
      });
      return data ? { ...data, of: asked } : null;
    },
    enabled: checkpoint !== "" && asked.length <= MOST.prompt,
    placeholderData: keepPreviousData,
    staleTime: 600_000,
    gcTime: 60_000,
    retry: false,
  });
}

/** Would a job with these words be refused, by what the studio says of them? */
export function usePromptErrors({ model, prompt, negative_prompt }: Draft): boolean {
  const said = [useTokens(model, prompt), useTokens(model, negative_prompt)];
  return said.some(
    ({ data }, place) =>
      data?.of === (place ? negative_prompt : prompt) &&
      data.syntax.some((note) => note.severity === "error"),
  );
}
