import { queryClient } from "@/api/queryClient";

const EVERY_MS = 700;
/** What a job's every state changes, and what changes when it ends. */
const OF_STATES = new Set(["/api/v1/jobs"]);
const OF_ENDS = new Set([
  "/api/v1/assets",
  "/api/v1/assets/facets",
  "/api/v1/assets/usage",
  "/api/v1/credits",
  "/api/v1/credits/history",
  "/api/v1/prompts/history",
  "/api/v1/usage",
]);

let touched = new Set<string>();
let anyEnded = false;
let timer: ReturnType<typeof setTimeout> | undefined;

/** What was asked of this job and is shown is asked again, with others' in a moment: not once for each of a hundred. */
export function refetchFor(jobId: string, ended: boolean): void {
  touched.add(jobId);
  anyEnded ||= ended;
  if (timer === undefined) timer = setTimeout(refetch, EVERY_MS);
}

/** All that is shown, after a time without news. */
export const refetchAll = () => void queryClient.invalidateQueries();

/** What was asked of jobs before anybody told of them. */
export const refetchJobs = () =>
  void queryClient.invalidateQueries({
    predicate: ({ queryKey }) => String(queryKey[1]).startsWith("/api/v1/jobs"),
  });

function refetch() {
  const [jobs, ends] = [touched, anyEnded];
  touched = new Set();
  anyEnded = false;
  timer = undefined;
  void queryClient.invalidateQueries({ predicate: ({ queryKey }) => concerns(queryKey, jobs, ends) });
}

/** Does what this query asked for change with these jobs? Keys are those of openapi-react-query: method, path, rest. */
export function concerns(key: readonly unknown[], jobs: ReadonlySet<string>, ends: boolean): boolean {
  const [first, path, init] = key as [string, string?, { params?: { path?: { job_id?: string } } }?];
  // Those of the gallery are its own (src/pictures).
  if (first === "assets") return ends;
  const jobId = init?.params?.path?.job_id;
  if (jobId !== undefined) return jobs.has(jobId);
  return path !== undefined && (OF_STATES.has(path) || (ends && OF_ENDS.has(path)));
}
