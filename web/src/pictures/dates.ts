/** 31 Jan 2026 */
export const day = (at: string) => new Date(at).toLocaleDateString(undefined, { dateStyle: "medium" });
/** 31 Jan 2026, 12:00 */
export const moment = (at: string) =>
  new Date(at).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
