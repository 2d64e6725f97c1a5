import type { LedgerEntry, LedgerPosting } from "@/api/schema.gen";

type Account = LedgerEntry["account"];
export type Flow = { account: Account; micro: number };

/** Where the amount of a posting came from, and where it went: its entries come to zero, so both sides are the same. */
export function flowsOf(entries: readonly LedgerEntry[]): { from: Flow[]; to: Flow[] } {
  const flows = (sign: 1 | -1) =>
    entries
      .filter((entry) => Math.sign(entry.amount_microcredits) === sign)
      .map((entry) => ({ account: entry.account, micro: Math.abs(entry.amount_microcredits) }));
  return { from: flows(-1), to: flows(1) };
}

/** What a posting changed for an account of the organisation. */
export const changeOf = (posting: Pick<LedgerPosting, "entries">, account: Account): number =>
  posting.entries
    .filter((entry) => entry.account === account)
    .reduce((sum, entry) => sum + entry.amount_microcredits, 0);

/** What belongs together: all postings of one job, or one that is of none. */
export type Group = {
  key: string;
  job: boolean;
  /** The latest first. */
  postings: LedgerPosting[];
  /** What all of them together changed for what is available, in micro-credits. */
  change: number;
};

/** Postings, the latest first, with those of one job put together where its latest stands. */
export function groupsOf(postings: readonly LedgerPosting[]): Group[] {
  const groups = new Map<string, Group>();
  for (const posting of postings) {
    const key = posting.job_id ?? posting.id;
    const group = groups.get(key) ?? { key, job: posting.job_id !== null, postings: [], change: 0 };
    group.postings.push(posting);
    group.change += changeOf(posting, "available");
    groups.set(key, group);
  }
  return [...groups.values()];
}
