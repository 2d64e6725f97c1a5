import { t } from "@/i18n";

/** Micro-credits to a credit: the API's amounts are whole micro-credits. */
export const CREDIT = 1_000_000;

/** Micro-credits as credits: "1,250", "1.5", "0.025". */
export const amount = (micro: number): string =>
  (micro / CREDIT).toLocaleString(undefined, { maximumFractionDigits: 3 });

/** The same with its unit: "1.5 credits". */
export const inCredits = (micro: number): string =>
  t(micro === CREDIT ? "unit.oneCredit" : "unit.manyCredits", { amount: amount(micro) });
