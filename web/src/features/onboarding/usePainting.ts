import { useMemo, useState } from "react";
import { $api } from "@/api/client";
import { checkpointFor, requestOf, usable } from "@/jobs/plain";

const LONG_MS = 300_000;
const IDEAS = 4;
const STYLES = 4;

/** What the first picture is chosen from, and the request that the choice comes to. */
export function usePainting() {
  const options = $api.useQuery("get", "/api/v1/options", {}, { staleTime: LONG_MS });
  const all = $api.useQuery("get", "/api/v1/styles", {}, { staleTime: LONG_MS });
  const [chosenIdea, chooseIdea] = useState<string>();
  const [chosenStyle, chooseStyle] = useState<string>();
  const styles = useMemo(
    () => all.data && options.data && usable(all.data.items, options.data.checkpoints).slice(0, STYLES),
    [all.data, options.data],
  );
  const style = styles?.find(({ name }) => name === chosenStyle) ?? styles?.[0];
  const checkpoint = options.data && checkpointFor(options.data.checkpoints, style);
  const suggestions = $api.useQuery(
    "get",
    "/api/v1/prompts/suggestions",
    { params: { query: { checkpoint: checkpoint?.name ?? "" } } },
    { enabled: checkpoint !== undefined, staleTime: LONG_MS },
  );
  const ideas = suggestions.data?.items.slice(0, IDEAS);
  const idea = ideas?.find(({ text }) => text === chosenIdea) ?? ideas?.[0];
  const request = useMemo(
    () =>
      idea && checkpoint && options.data
        ? requestOf(idea.text, "1:1", style, checkpoint, options.data.bounds)
        : null,
    [idea, checkpoint, options.data, style],
  );
  return {
    ideas,
    idea,
    chooseIdea,
    styles,
    style,
    chooseStyle,
    request,
    error: options.error ?? all.error ?? suggestions.error,
    retry: () => void Promise.all([options.refetch(), all.refetch(), suggestions.refetch()]),
    /** There is nothing to paint with. */
    none: options.data !== undefined && checkpoint === undefined,
  };
}
