import type { ApiProblem } from "@/api/problem";

/** What kind of refusal a person is told of. */
export type Refused =
  | "credits"
  | "budget"
  | "storage"
  | "permission"
  | "rate"
  | "offline"
  | "fields"
  | "other";

const KINDS: Record<string, Refused> = {
  "payment-required": "credits",
  "storage-full": "storage",
  "too-many-requests": "rate",
  offline: "offline",
  invalid: "fields",
};

/** Which it is: by the kind that the problem document names. */
export function refused(problem: ApiProblem): Refused {
  const kind = KINDS[problem.kind];
  if (kind === "credits") return "limit_of" in problem.more ? "budget" : "credits";
  if (kind) return kind;
  if (problem.status === 403 && "permission" in problem.more) return "permission";
  return "other";
}

/** Micro-credits of a member of the document; undefined where it has none. */
export function amountIn(problem: ApiProblem, name: "needed" | "available"): number | undefined {
  const value = problem.more[name];
  return typeof value === "number" ? value : undefined;
}
