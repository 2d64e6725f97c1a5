import { useCallback, useRef, useState } from "react";
import type { CheckpointOptions, Job } from "@/api/schema.gen";
import { useSubmit } from "@/jobs/submit";
import type { Draft } from "./draft/draft";
import { requestOf } from "./draft/request";
import { seedsOf } from "./draft/seeds";
import { change } from "./draft/store";

/** What of a draft tells that a press goes on with the one before it: all but a seed that is drawn anew. */
const signed = (draft: Draft): string => JSON.stringify({ ...draft, seed: draft.locked ? draft.seed : "" });

/** Submits a draft: `count` jobs one after the other, each under a key of its own. Where one is refused the rest is not
 * sent; another press of the same draft goes on there, with the same seeds, so that none is painted twice. */
export function useGenerate(onAccepted: (job: Job) => void) {
  const { submit, problem, clear } = useSubmit();
  const [sent, setSent] = useState<{ now: number; of: number } | null>(null);
  const rest = useRef<{ of: string; seeds: string[] } | undefined>(undefined);
  const busy = useRef(false);

  const generate = useCallback(
    async (draft: Draft, of: CheckpointOptions | undefined, teamId: string | null) => {
      if (busy.current) return;
      busy.current = true;
      const sign = signed(draft);
      const seeds = rest.current?.of === sign ? rest.current.seeds : seedsOf(draft, draft.count);
      rest.current = undefined;
      try {
        for (const [place, seed] of seeds.entries()) {
          setSent({ now: place + 1, of: seeds.length });
          const job = await submit(requestOf(draft, seed, of), teamId ? { team_id: teamId } : {});
          if (!job) {
            rest.current = { of: sign, seeds: seeds.slice(place) };
            return;
          }
          if (!draft.locked) change({ seed });
          if (place === 0) onAccepted(job);
        }
      } finally {
        busy.current = false;
        setSent(null);
      }
    },
    [submit, onAccepted],
  );
  return { generate, sent, problem, clear };
}
