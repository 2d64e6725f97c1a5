import { create } from "zustand";
import { createJSONStorage, persist } from "zustand/middleware";
import { RATIOS, type Ratio } from "@/jobs/plain";
import { ofOwner, owned } from "@/lib/owner";

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

/** What is written in Simple mode. It survives a reload, and goes when one signs out (`lib/forget.ts`); each person has a draft of their own
 * in each organisation (`lib/owner.ts`). */
export const useDraft = create<Draft>()(
  persist(() => EMPTY, {
    name: "studio.simple",
    version: 1,
    storage: createJSONStorage(() => owned),
    merge: (kept, fresh) => ({ ...fresh, ...sound(kept) }),
  }),
);
ofOwner(useDraft);

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
