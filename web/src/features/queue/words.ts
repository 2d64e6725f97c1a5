import type { Job } from "@/api/schema.gen";
import { t } from "@/i18n";
import { queue } from "@/i18n/en/queue";
import { kindName } from "@/jobs/kindName";
import { promptOf } from "@/jobs/request";

const MOST = 160;
const TEXTS = ["text", "prompt", "positive", "text_g", "value"];

/** What a job is called: its prompt; of a workflow the first words in it, else what kind it is. */
export function nameOf(job: Job): string {
  const words = (promptOf(job.request) || wordsOf(job)).replaceAll(/\s+/g, " ").trim();
  return words ? words.slice(0, MOST) : kindOf(job);
}

export const kindOf = (job: Job): string => kindName(job.kind);

function wordsOf(job: Job): string {
  if (!("graph" in job.request)) return "";
  for (const node of Object.values(job.request.graph as Record<string, { inputs?: Record<string, unknown> }>))
    for (const name of TEXTS) {
      const text = node.inputs?.[name];
      if (typeof text === "string" && text.trim()) return text;
    }
  return "";
}

type Known = keyof typeof queue.error;

/** What to do about a failure, by the word that says what kind it is. */
export function adviceOf(error: NonNullable<Job["error"]>): string {
  if (error.kind !== "node" && error.kind !== "again" && Object.hasOwn(queue.error, error.kind))
    return t(`queue.error.${error.kind as Known}`);
  return error.retryable ? t("queue.error.again") : t("queue.error.other");
}
