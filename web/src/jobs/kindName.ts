import { t } from "@/i18n";
import { queue } from "@/i18n/en/queue";

/** What people call a kind of job; one that is not known here keeps the name that the API gives it. */
export const kindName = (kind: string): string =>
  Object.hasOwn(queue.kind, kind) ? t(`queue.kind.${kind as keyof typeof queue.kind}`) : kind;
