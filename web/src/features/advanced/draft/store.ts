import { create } from "zustand";
import { createJSONStorage, persist, type StateStorage } from "zustand/middleware";
import { DEFAULT, type Draft, withKind } from "./draft";
import { readDraft } from "./reading";

/** A larger one drops what was stored in a shape that is read no more. */
const VERSION = 1;

/** What is too large for the browser's storage is not kept, and stays in the form all the same. */
const storage: StateStorage = {
  getItem: (name) => localStorage.getItem(name),
  removeItem: (name) => localStorage.removeItem(name),
  setItem: (name, value) => {
    try {
      localStorage.setItem(name, value);
    } catch {
      localStorage.removeItem(name);
    }
  },
};

type Drafts = {
  draft: Draft;
  /** Changes some fields. Another kind takes its defaults along. */
  change: (fields: Partial<Draft>) => void;
  /** Puts another draft in the form. */
  fill: (draft: Draft) => void;
};

/** What is in the form. It is still there after a reload; nothing secret is in it. */
export const useDrafts = create<Drafts>()(
  persist(
    (set) => ({
      draft: DEFAULT,
      change: ({ kind, ...fields }) =>
        set(({ draft }) => ({ draft: { ...(kind ? withKind(draft, kind) : draft), ...fields } })),
      fill: (draft) => set({ draft }),
    }),
    {
      name: "studio.advanced",
      version: VERSION,
      storage: createJSONStorage(() => storage),
      partialize: ({ draft }) => ({ draft }),
      migrate: () => ({ draft: DEFAULT }),
      merge: (stored, now) => ({
        ...now,
        draft: readDraft((stored as { draft?: unknown } | undefined)?.draft),
      }),
    },
  ),
);

export const useDraft = () => useDrafts((state) => state.draft);
/** One field, drawn again only when it changes. */
export const useField = <K extends keyof Draft>(name: K): Draft[K] => useDrafts((state) => state.draft[name]);
export const { change, fill } = useDrafts.getState();
