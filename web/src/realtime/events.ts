import type { JobNode, JobPreview, JobProgress, JobState } from "@/api/schema.gen";

/** What the studio tells of jobs as it happens (docs/realtime.md). */
export type JobEvent =
  | ({ type: "state" } & JobState)
  | ({ type: "progress" } & JobProgress)
  | ({ type: "preview" } & JobPreview)
  | ({ type: "node" } & JobNode);
