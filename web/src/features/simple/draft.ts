import { create } from "zustand";
import { persist } from "zustand/middleware";
import { useSession } from "@/api/session";
import { RATIOS, type Ratio } from "@/jobs/plain";

export const MOST_PROMPT = 500;

type Draft = {
  prompt: string;
  /** Name of a style. */
  style: string;
  ratio: Ratio;
  /** The job on the stage: found again after a reload. */
  jobId: string | null;
};

export const EMPTY: Draft = { prompt: "", style: "", ratio: "1:1", jobId: null };

/** What is written in Simple mode. It survives a reload, and goes when one signs out (`lib/forget.ts`). */
export const useDraft = create<Draft>()(
  persist(() => EMPTY, {
    name: "studio.simple",
    version: 1,
    merge: (kept, fresh) => ({ ...fresh, ...sound(kept) }),
  }),
);

/** What of something kept (by another version, by hand) can be used. */
export function sound(kept: unknown): Partial<Draft> {
  if (typeof kept !== "object" || kept === null) return {};
  const { prompt, style, ratio, jobId } = kept as Record<string, unknown>;
  return {
    ...(typeof prompt === "string" ? { prompt } : {}),
    ...(typeof style === "string" ? { style } : {}),
    ...(RATIOS.includes(ratio as Ratio) ? { ratio: ratio as Ratio } : {}),
    ...(typeof jobId === "string" ? { jobId } : {}),
  };
}

// Another person at this browser begins anew; the same one, whose session had ended, goes on.
let owner = useSession.getState().me?.id;
useSession.subscribe(({ me }) => {
  if (!me) return;
  if (owner && owner !== me.id) useDraft.setState(EMPTY);
  owner = me.id;
});
