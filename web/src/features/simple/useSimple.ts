import { useEffect, useMemo, useRef, useState } from "react";
import { $api } from "@/api/client";
import { takeOver, useCarry } from "@/jobs/handover";
import { checkpointFor, RATIOS, ratioNear, requestOf, usable, wordsOf } from "@/jobs/plain";
import { paints, ratioOf, type Work } from "@/jobs/request";
import { useDraft } from "./draft";

const LONG = 300_000;

/** What Simple mode chooses from, and the request that its form comes to. */
export function useSimple() {
  const options = $api.useQuery("get", "/api/v1/options", {}, { staleTime: LONG });
  const all = $api.useQuery("get", "/api/v1/styles", {}, { staleTime: LONG });
  const { prompt, style: chosen, ratio } = useDraft();

  const styles = useMemo(
    () => (all.data && options.data ? usable(all.data.items, options.data.checkpoints) : undefined),
    [all.data, options.data],
  );
  const style = styles?.find((one) => one.name === chosen) ?? styles?.[0];
  const checkpoint = options.data && checkpointFor(options.data.checkpoints, style);
  const request = useMemo(
    () =>
      checkpoint && options.data ? requestOf(prompt, ratio, style, checkpoint, options.data.bounds) : null,
    [prompt, ratio, style, checkpoint, options.data],
  );
  return {
    styles: all.error ? [] : styles,
    style,
    checkpoint,
    request,
    error: options.error,
    retry: () => void options.refetch(),
    none: options.data !== undefined && checkpoint === undefined,
  };
}

/** Takes what was written in Advanced, and gives it what was written here: nothing where nothing was changed since. */
export function useCarrying({
  styles,
  request,
}: Pick<ReturnType<typeof useSimple>, "styles" | "request">): void {
  const arrived = useRef<string>(undefined);
  useCarry(() =>
    !useDraft.getState().prompt.trim() || written() === arrived.current ? undefined : (request ?? undefined),
  );
  const [given, setGiven] = useState<Work>();
  useEffect(() => {
    const work = takeOver();
    if (work) setGiven(work);
  }, []);
  useEffect(() => {
    if (!given || !styles) return;
    setGiven(undefined);
    if (!paints(given)) return;
    const { prompt, style } = wordsOf(given.prompt, styles);
    const shape = ratioOf(given);
    const near = shape && ratioNear(shape, RATIOS);
    useDraft.setState({
      prompt,
      style: style ?? styles.find((one) => one.prompt === "{prompt}")?.name ?? "",
      ...(near ? { ratio: near } : {}),
    });
    arrived.current = written();
  }, [given, styles]);
}

const written = (): string => {
  const { prompt, style, ratio } = useDraft.getState();
  return JSON.stringify([prompt, style, ratio]);
};
