import type { Work } from "@/jobs/request";

/** What one mode gives the other on the way: it lives for one change of pages. */
let given: Work | undefined;

export function handOver(request: Work | undefined): void {
  given = request;
}

/** What was handed over, once. */
export function takeOver(): Work | undefined {
  const request = given;
  given = undefined;
  return request;
}
