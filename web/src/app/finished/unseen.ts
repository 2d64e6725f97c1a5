import { onAnother } from "@/lib/owner";
import { usePageTitle } from "@/lib/title";

/** Pictures of each job that were finished while nobody looked. */
const unseen = new Map<string, number>();

const tell = () => usePageTitle.setState({ unseen: [...unseen.values()].reduce((sum, n) => sum + n, 0) });

export function addUnseen(jobId: string, pictures: number): void {
  unseen.set(jobId, pictures);
  tell();
}

/** All of them, or those of the jobs that are looked at now. */
export function seen(which: (jobId: string) => boolean = () => true): void {
  for (const jobId of [...unseen.keys()]) if (which(jobId)) unseen.delete(jobId);
  tell();
}

onAnother(() => seen());
