import type { StateStorage } from "zustand/middleware";
import { forgetOthers } from "@/lib/forget";

/** A person in an organisation: to them belongs what this page knows, and what this browser keeps of drafts. */
type Owner = { person: string; organisation: string };

type Kept = {
  getInitialState: () => unknown;
  setState: (state: never, replace: true) => unknown;
  persist: { rehydrate: () => unknown };
};

// It stays known through signing out and the end of a session: who signs in next may be another.
let owner: Owner | undefined;
const forgetting = new Set<() => void>();
const drafts = new Set<Kept>();

/** `forget` is called when somebody else goes on in this page: another person, or the same in another organisation. */
export function onAnother(forget: () => void): void {
  forgetting.add(forget);
}

/** Who goes on in this page. Somebody else finds nothing of the one before; the same one finds all as it was. */
export function become(next: Owner): void {
  const before = owner;
  if (before?.person === next.person && before.organisation === next.organisation) return;
  // Nobody's while it changes hands: an emptied draft is not written over what either of them keeps.
  owner = undefined;
  for (const kept of drafts) kept.setState(kept.getInitialState() as never, true);
  if (before) for (const forget of forgetting) forget();
  owner = next;
  forgetOthers(next.person);
  for (const kept of drafts) void kept.persist.rehydrate();
}

/** A store of drafts (Zustand with `persist` in `owned`) that is another one for each owner. */
export function ofOwner(kept: Kept): void {
  drafts.add(kept);
}

/** The browser's storage, of each owner apart; without one it keeps nothing. What is too large for it, or refused by it, is
 * not kept either, rather than something older. */
export const owned = {
  getItem: (name: string): string | null =>
    quietly(() => at(name, (key) => localStorage.getItem(key))) ?? null,
  removeItem: (name: string): void => quietly(() => at(name, (key) => localStorage.removeItem(key))),
  setItem: (name: string, value: string): void =>
    at(name, (key) => {
      try {
        localStorage.setItem(key, value);
      } catch {
        quietly(() => localStorage.removeItem(key));
      }
    }),
} satisfies StateStorage;

const at = <T>(name: string, act: (key: string) => T): T | undefined =>
  owner && act(`${name} ${owner.person} ${owner.organisation}`);

function quietly<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch {
    // Storage is refused.
    return undefined;
  }
}
