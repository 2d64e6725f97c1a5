import { type Text, t } from "@/i18n";
import { team } from "@/i18n/en/team";

const ACTS: Record<string, Record<string, string>> = team.audit.acts;

/** Domains of acts, for a filter. */
export const DOMAINS = Object.keys(ACTS);

/** What was done, in words; an act that this page does not know yet by its own name. */
export function actName(act: string): string {
  const [domain = "", verb = ""] = act.split(".");
  return ACTS[domain]?.[verb] === undefined ? act : t(`team.audit.acts.${act}` as Text);
}

export const domainName = (domain: string): string => t(`team.audit.domains.${domain}` as Text);
