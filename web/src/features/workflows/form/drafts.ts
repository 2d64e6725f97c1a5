import { create } from "zustand";
import { createJSONStorage, persist } from "zustand/middleware";
import type { Value } from "@/features/workflows/form/field";
import type { Draft } from "@/features/workflows/form/values";
import { ofOwner, owned } from "@/lib/owner";

/** Workflows whose drafts are kept; the oldest go. */
const KEPT = 40;
const MOST_CHARACTERS = 200_000;

type Kept = {
  values: Draft;
  /** Draws another seed for every run. */
  everyRun: boolean;
  /** The job that was run here last. */
  job: string | null;
  at: number;
};
const NONE: Kept = { values: {}, everyRun: false, job: null, at: 0 };

type Drafts = { drafts: Record<string, Kept> };

/** What was filled into forms and run from them, by workflow: a reload loses nothing. */
export const useDrafts = create<Drafts>()(
  persist((): Drafts => ({ drafts: {} }), {
    name: "studio.workflows",
    version: 1,
    storage: createJSONStorage(() => owned),
  }),
);
ofOwner(useDrafts);

export const useDraft = (id: string): Kept => useDrafts((state) => state.drafts[id] ?? NONE);

const change = (id: string, to: Partial<Kept>) =>
  useDrafts.setState(({ drafts }) => ({
    drafts: bounded({ ...drafts, [id]: { ...NONE, ...drafts[id], ...to, at: Date.now() } }),
  }));

export const setValue = (id: string, field: string, value: Value) =>
  change(id, { values: { ...useDrafts.getState().drafts[id]?.values, [field]: value } });
export const setValues = (id: string, values: Draft) => change(id, { values });
export const setEveryRun = (id: string, everyRun: boolean) => change(id, { everyRun });
export const setJob = (id: string, job: string | null) => change(id, { job });

/** The latest ones, as far as there is room for them in a browser: pure. */
export function bounded(drafts: Record<string, Kept>): Record<string, Kept> {
  const latest = Object.entries(drafts).sort(([, a], [, b]) => b.at - a.at);
  let room = MOST_CHARACTERS;
  return Object.fromEntries(
    latest.slice(0, KEPT).filter(([, kept], place) => {
      room -= JSON.stringify(kept).length;
      return place === 0 || room > 0;
    }),
  );
}
