import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "@/api/client";
import type { Suggestion } from "@/api/schema.gen";
import { useSettled } from "@/lib/settled";

/** Characters that the API completes. */
const MOST = 500;
/** After the last key: where a word has ended, and where one is left unfinished. */
const ENDED_MS = 500;
const RESTS_MS = 1200;
const FRESH_MS = 300_000;
const KEPT_MS = 60_000;

type Answer = { of: string; items: Suggestion[] };

const plain = (text: string) => text.replaceAll(/\s+/g, " ").trim();
const without = (text: string) => text.replace(/[ ,]+$/, "");

/** How long a text must rest until it is asked for: nothing where it was taken whole, or cleared. */
export function pauseOf(text: string, taken: string): number {
  if (plain(text) === "" || text === taken) return 0;
  return /[\s,.;:!?)]$/.test(text) ? ENDED_MS : RESTS_MS;
}

/** Those of an answer that begin with a longer text too. */
export const begunBy = ({ of, items }: Answer, text: string): Suggestion[] =>
  items
    .filter((one) => one.text.length > text.length && one.text.toLowerCase().startsWith(text.toLowerCase()))
    // Some are called by what they add.
    .map((one) =>
      one.title === one.text.slice(of.length).trim()
        ? { ...one, title: one.text.slice(text.length).trim() }
        : one,
    );

/** What of an answer is good for the text as it is now: taking one never takes away what was typed since. */
export function fitting(answer: Answer, text: string): Suggestion[] {
  if (answer.of === text) return answer.items.filter((one) => one.text !== text);
  const adds = (one: Suggestion) => one.text === `${without(answer.of)}, ${one.title}`;
  const added =
    answer.of && text.startsWith(answer.of)
      ? answer.items
          .filter((one) => adds(one) && !text.toLowerCase().includes(one.title.toLowerCase()))
          .map((one) => ({ ...one, text: `${without(text)}, ${one.title}` }))
      : [];
  return [...begunBy(answer, text), ...added];
}

/**
 * How a prompt may go on, or begin. Asked when a word has ended or typing rests; a question that is out of date is taken
 * back, and a word under way is finished by what was answered for its beginning. Undefined until something is known.
 */
export function useSuggestions(checkpoint: string | undefined, typed: string) {
  const client = useQueryClient();
  const [taken, take] = useState("");
  const text = plain(typed);
  const asked = useSettled(text, pauseOf(typed, taken));
  const keyOf = (of: string) => ["suggestions", checkpoint ?? "", of];

  const known = (): Answer | undefined => {
    const start = asked.lastIndexOf(" ") + 1;
    for (let end = asked.length; end > start; end -= 1) {
      const answer = client.getQueryData<Answer>(keyOf(asked.slice(0, end)));
      if (answer && (end === asked.length || begunBy(answer, asked).length > 0)) return answer;
    }
    return undefined;
  };
  const answered = asked.length <= MOST ? known() : undefined;
  const { data = answered } = useQuery({
    queryKey: keyOf(answered?.of ?? asked),
    queryFn: async ({ signal }): Promise<Answer> => {
      const query = { checkpoint: checkpoint ?? "", text: asked };
      const { data: page } = await api.GET("/api/v1/prompts/suggestions", { params: { query }, signal });
      return { of: asked, items: page?.items ?? [] };
    },
    enabled: checkpoint !== undefined && asked.length <= MOST && !answered,
    staleTime: FRESH_MS,
    gcTime: KEPT_MS,
    placeholderData: keepPreviousData,
    retry: false,
  });
  return {
    items: data && text.length <= MOST ? fitting(data, text) : data && [],
    /** Are they the answer for the very text, and not what of an older one is still good? */
    current: data?.of === text,
    /** To be told what was taken: it need not rest. */
    take,
  };
}
