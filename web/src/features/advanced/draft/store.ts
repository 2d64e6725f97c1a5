import { create } from "zustand";
import { createJSONStorage, persist } from "zustand/middleware";
import { ofOwner, owned } from "@/lib/owner";
import { DEFAULT, type Draft, type DraftControl, type DraftLora, withKind } from "./draft";
import { readDraft } from "./reading";

/** A larger one drops what was stored in a shape that is read no more. */
const VERSION = 1;

type Drafts = {
  draft: Draft;
  /** Changes some fields. Another kind takes its defaults along. A function is given the draft as it is by then: what
   * comes late, as an upload does, undoes nothing that was changed meanwhile. */
  change: (fields: Partial<Draft> | ((now: Draft) => Partial<Draft>)) => void;
  /** Puts another draft in the form. */
  fill: (draft: Draft) => void;
};

/** What is in the form. It is still there after a reload; nothing secret is in it. */
export const useDrafts = create<Drafts>()(
  persist(
    (set) => ({
      draft: DEFAULT,
      change: (given) =>
        set(({ draft }) => {
          const { kind, ...fields } = typeof given === "function" ? given(draft) : given;
          return { draft: { ...(kind ? withKind(draft, kind) : draft), ...fields } };
        }),
      fill: (draft) => set({ draft }),
    }),
    {
      name: "studio.advanced",
      version: VERSION,
      storage: createJSONStorage(() => owned),
      partialize: ({ draft }) => ({ draft }),
      migrate: () => ({ draft: DEFAULT }),
      merge: (stored, now) => ({
        ...now,
        draft: readDraft((stored as { draft?: unknown } | undefined)?.draft),
      }),
    },
  ),
);
ofOwner(useDrafts);

export const useDraft = () => useDrafts((state) => state.draft);
/** One field, drawn again only when it changes. */
export const useField = <K extends keyof Draft>(name: K): Draft[K] => useDrafts((state) => state.draft[name]);
export const { change, fill } = useDrafts.getState();

const withRow = <T extends { key: string }>(rows: T[], key: string, fields: Partial<T>): T[] =>
  rows.map((one) => (one.key === key ? { ...one, ...fields } : one));
/** Changes one row of a list; one that is gone stays so. */
export const changeControl = (key: string, fields: Partial<DraftControl>): void =>
  change(({ controls }) => ({ controls: withRow(controls, key, fields) }));
export const changeLora = (key: string, fields: Partial<DraftLora>): void =>
  change(({ loras }) => ({ loras: withRow(loras, key, fields) }));
