import { useEffect } from "react";

const watched = new Map<string, number>();

/** This job is on the page: its end needs no message while the page is looked at. */
export function useWatched(jobId: string | undefined): void {
  useEffect(() => {
    if (!jobId) return;
    watched.set(jobId, (watched.get(jobId) ?? 0) + 1);
    return () => {
      const left = (watched.get(jobId) ?? 1) - 1;
      if (left > 0) watched.set(jobId, left);
      else watched.delete(jobId);
    };
  }, [jobId]);
}

/** Does somebody look at it? */
export const isWatched = (jobId: string): boolean =>
  document.visibilityState === "visible" && watched.has(jobId);
