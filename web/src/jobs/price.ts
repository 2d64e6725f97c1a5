import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { api } from "@/api/client";
import { ApiProblem } from "@/api/problem";
import type { Quote } from "@/api/schema.gen";
import { paints, type Work } from "@/jobs/request";
import { useSettled } from "@/lib/settled";

/** Quotes hold for some minutes; prices change seldom. */
const FRESH_MS = 4 * 60_000;
const PAUSE_MS = 250;
const LORAS = /<lora:[^>]*>/gi;

/**
 * The part of a request that its price depends on: of the words only LoRA tags, and not the seed. So typing asks for no
 * new price.
 */
export function priced(request: Work): Work {
  if (!paints(request)) return request;
  const tags = (text: string | undefined) => (text?.match(LORAS) ?? []).join(" ");
  return {
    ...request,
    prompt: tags(request.prompt) || "a",
    negative_prompt: tags(request.negative_prompt),
    seed: 1,
  };
}

/** What a request would cost, and of what that is made; asked for when a change has come to rest. Null: do not ask. */
export function usePrice(request: Work | null): {
  quote: Quote | undefined;
  /** Is the number that of another request, until the answer is there? */
  stale: boolean;
  problem: ApiProblem | null;
} {
  const body = request ? JSON.stringify(priced(request)) : "";
  const settled = useSettled(body, PAUSE_MS);
  const { data, error, isPlaceholderData } = useQuery({
    queryKey: ["quote", settled],
    enabled: settled !== "",
    staleTime: FRESH_MS,
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }): Promise<Quote> => {
      const { data: quote } = await api.POST("/api/v1/quotes", { body: JSON.parse(settled) as Work, signal });
      if (!quote) throw new TypeError("An answer without a quote");
      return quote;
    },
  });
  return {
    quote: data,
    stale: isPlaceholderData || settled !== body,
    problem: error instanceof ApiProblem ? error : null,
  };
}
