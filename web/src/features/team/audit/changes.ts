import type { Event } from "@/api/schema.gen";

export type Change = {
  field: string;
  before: string | undefined;
  after: string | undefined;
  changed: boolean;
};

const said = (value: unknown): string =>
  value === null || value === undefined
    ? "–"
    : typeof value === "string"
      ? value
      : JSON.stringify(value, null, 1);

/** What an event says of before and after, field by field; one side may be missing. */
export function changesOf({ before, after }: Pick<Event, "before" | "after">): Change[] {
  const fields = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])];
  return fields.map((field) => {
    const of = (side: Record<string, unknown> | null) =>
      side && field in side ? said(side[field]) : undefined;
    const [was, is] = [of(before as never), of(after as never)];
    return { field, before: was, after: is, changed: was !== is };
  });
}

/** A row that somebody remembers, as "120:3f5a…": its sequence and hash; undefined where it is none. */
export function anchorOf(text: string): { sequence: number; hash: string } | undefined {
  const found = /^\s*([1-9]\d{0,17}):([0-9a-fA-F]{64})\s*$/.exec(text);
  if (!found?.[1] || !found[2]) return undefined;
  return { sequence: Number(found[1]), hash: found[2].toLowerCase() };
}
