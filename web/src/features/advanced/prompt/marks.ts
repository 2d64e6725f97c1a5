import { type Group, groups } from "./weights";

/** What a stretch of a prompt is. */
export type Mark = {
  from: number;
  to: number;
  kind:
    | "paren"
    | "alone"
    | "weight"
    | "strong"
    | "weak"
    | "lora"
    | "lora-unknown"
    | "embedding"
    | "embedding-unknown"
    | "plain";
};

/** Names of the files that a prompt may speak of; undefined while they are not known. */
export type Known = { loras: ReadonlySet<string> | undefined; embeddings: ReadonlySet<string> | undefined };

const bare = (name: string) => name.replace(/\.safetensors$/, "");
const has = (names: ReadonlySet<string> | undefined, name: string): boolean =>
  names === undefined ||
  names.has(name) ||
  names.has(bare(name)) ||
  names.has(bare(name.replace(/[.!?:'")\]}]+$/, "")));

/** Each pair with the weight of what stands in it, those around before those in them. */
function weighed(all: Group[]): { group: Group; weight: number }[] {
  const outer: { to: number; weight: number }[] = [];
  return [...all]
    .sort((a, b) => a.from - b.from)
    .map((group) => {
      while ((outer.at(-1)?.to ?? Number.POSITIVE_INFINITY) < group.from) outer.pop();
      const weight = group.written ?? (outer.at(-1)?.weight ?? 1) * 1.1;
      outer.push({ to: group.to - 1, weight });
      return { group, weight };
    });
}

/** Marks of a prompt, in their order; they may lie inside each other. */
export function marks(text: string, known: Known): Mark[] {
  const found: Mark[] = [];
  const all = groups(text);
  const paired = new Set<number>();
  for (const { group: one, weight } of weighed(all)) {
    paired.add(one.from).add(one.to - 1);
    found.push({ from: one.from, to: one.from + 1, kind: "paren" });
    const [start, end] = one.inner;
    if (start < end && weight !== 1)
      found.push({ from: start, to: end, kind: weight > 1 ? "strong" : "weak" });
    if (one.written !== undefined) found.push({ from: end, to: one.to - 1, kind: "weight" });
    found.push({ from: one.to - 1, to: one.to, kind: "paren" });
  }
  for (const match of text.matchAll(/\\[()]|[()]/g))
    if (match[0].length === 1 && !paired.has(match.index))
      found.push({ from: match.index, to: match.index + 1, kind: "alone" });
  for (const match of text.matchAll(/<lora:([^<>:]*)(?::[^<>]*)?>/g))
    found.push({
      from: match.index,
      to: match.index + match[0].length,
      kind: has(known.loras, (match[1] ?? "").trim()) ? "lora" : "lora-unknown",
    });
  for (const match of text.matchAll(/(?<![^\s(])embedding:([^\s,;:)]+)/g))
    found.push({
      from: match.index,
      to: match.index + match[0].length,
      kind: has(known.embeddings, match[1] ?? "") ? "embedding" : "embedding-unknown",
    });
  // Other studios know these; here they are words, and should look like it.
  for (const match of text.matchAll(/\bBREAK\b|\[[^[\]]*\]/g))
    found.push({ from: match.index, to: match.index + match[0].length, kind: "plain" });
  return found.sort((a, b) => a.from - b.from || b.to - a.to);
}

/** A place counted in code points, as the API counts, in the units that JavaScript counts in. */
export function unitsOf(text: string, place: number): number {
  let units = 0;
  let points = 0;
  for (const point of text) {
    if (points++ >= place) break;
    units += point.length;
  }
  return units;
}
