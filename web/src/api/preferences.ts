import { useMutation } from "@tanstack/react-query";
import { api } from "@/api/client";
import type { Me } from "@/api/schema.gen";
import { useSession } from "@/api/session";

/** What the UI keeps for a person on the server, whichever browser they sign in with. */
export type Preferences = {
  /** The first steps were done or skipped. */
  onboarded?: boolean;
  /** How far one is in the introduction (features/onboarding). */
  introduction?: { step: string; job: string | null };
  /** Which page Create opens. */
  mode?: "simple" | "advanced";
  /** Tell of pictures that are done through the system too, while the page is not looked at. */
  notify?: boolean;
  /** Shortcuts of single keys; on where nothing was chosen. */
  singleKeys?: boolean;
  [name: string]: unknown;
};

export const usePreferences = (): Preferences => useSession((session) => session.me?.preferences) ?? NONE;
const NONE: Preferences = {};

const show = (me: Me, preferences: Preferences) =>
  useSession.setState({ me: { ...me, preferences: preferences as Me["preferences"] } });

/** `now` with what a refused change has put there as it was `before`; what was chosen since stays: pure. */
export function without(change: Preferences, now: Preferences, before: Preferences): Preferences {
  const kept = { ...now };
  for (const [name, value] of Object.entries(change)) {
    if (now[name] !== value) continue;
    if (name in before) kept[name] = before[name];
    else delete kept[name];
  }
  return kept;
}

/** Changes some of them; the others stay. Shown at once, and as before where the server refuses. */
export function usePrefer() {
  return useMutation({
    // One after the other: each sends all of them, and the last is the latest.
    scope: { id: "preferences" },
    mutationFn: (change: Preferences) =>
      api.PUT("/api/v1/me/preferences", {
        // The document knows no names: any JSON object is taken.
        body: { ...useSession.getState().me?.preferences, ...change } as Me["preferences"],
      }),
    onMutate: (change) => {
      const before = useSession.getState().me;
      if (before) show(before, { ...before.preferences, ...change });
      return before;
    },
    onError: (_error, change, before) => {
      const { me } = useSession.getState();
      if (me && me.id === before?.id) show(me, without(change, me.preferences, before.preferences));
    },
  });
}
