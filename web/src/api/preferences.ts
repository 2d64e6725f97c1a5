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
      const preferences = { ...before?.preferences, ...change } as Me["preferences"];
      if (before) useSession.setState({ me: { ...before, preferences } });
      return before;
    },
    onError: (_error, _change, before) => before && useSession.setState({ me: before }),
  });
}
