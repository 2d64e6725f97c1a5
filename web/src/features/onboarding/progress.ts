import { usePrefer, usePreferences } from "@/api/preferences";

export const STEPS = ["hello", "level", "picture", "tour"] as const;
export type Step = (typeof STEPS)[number];

/** How far somebody is in the introduction, as it is kept with the account. */
export type Progress = { step: Step; job: string | null };

/** What of something kept (by another version) can be used. */
export function sound(kept: unknown): Progress {
  const { step, job } = (typeof kept === "object" && kept !== null ? kept : {}) as Record<string, unknown>;
  return {
    step: STEPS.find((one) => one === step) ?? "hello",
    job: typeof job === "string" ? job : null,
  };
}

/** The step before or after; undefined past either end. */
export const next = (step: Step): Step | undefined => STEPS[STEPS.indexOf(step) + 1];
export const back = (step: Step): Step | undefined => STEPS[STEPS.indexOf(step) - 1];

/** Reads and keeps it. `finish` ends the introduction, at its end or before: it is not shown by itself again. */
export function useProgress() {
  const { introduction } = usePreferences();
  const prefer = usePrefer();
  const progress = sound(introduction);
  return {
    ...progress,
    go: (change: Partial<Progress>) => prefer.mutate({ introduction: { ...progress, ...change } }),
    // From its beginning where it is seen again.
    finish: () => prefer.mutateAsync({ onboarded: true, introduction: { step: "hello", job: null } }),
  };
}
