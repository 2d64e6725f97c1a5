/** Weights of the prompt syntax: `(words:1.2)`, `(words)` for 1.1, `<lora:name:0.8>`; `\(` and `\)` are letters. */

/** A pair of parentheses: places of `(` and `)`, the words between them, and the weight that stands there. */
export type Group = { from: number; to: number; inner: [number, number]; written: number | undefined };

const NUMBER = /:\s*([+-]?(?:\d+(?:\.\d*)?|\.\d+))\s*$/;

/** All pairs of parentheses, inner ones before those around them. */
export function groups(text: string): Group[] {
  const found: Group[] = [];
  const opened: number[] = [];
  // Behind the parenthesis before: only there stands a weight.
  let last = 0;
  for (const match of text.matchAll(/\\[()]|[()]/g)) {
    if (match[0].length > 1) continue;
    const at = match.index;
    if (match[0] === "(") opened.push(at);
    else {
      const from = opened.pop();
      if (from === undefined) continue;
      const tail = text.slice(last, at);
      const number = NUMBER.exec(tail);
      const alone = last === from + 1 && tail.slice(0, number?.index).trim() === "";
      const written = number && !alone ? Number(number[1]) : undefined;
      const end = number && !alone ? last + number.index : at;
      found.push({ from, to: at + 1, inner: [from + 1, end], written });
    }
    last = at + 1;
  }
  return found;
}

/** What stands around a place, the nearest first. */
export const around = (all: Group[], from: number, to: number): Group[] =>
  all.filter((group) => group.from < from && to < group.to).sort((a, b) => b.from - a.from);

/** The weight of what these pairs stand around, the nearest first. */
export function weightIn(nested: Group[]): number {
  let weight = 1;
  for (const group of [...nested].reverse()) weight = group.written ?? weight * 1.1;
  return weight;
}

export type Edit = { from: number; to: number; insert: string; select: [number, number] };

const LORA = /<lora:([^<>:]+)((?::[^<>]*)?)>/g;
/** What a word ends at, as in other studios; an embedding's name is one word. */
const WORD = /embedding:[^\s,;()]+|(?:\\[()]|[^\s,.;:!?()[\]{}<>|/=*^%`~])+/g;
const MOST = 10;
const round = (number: number) => Math.min(MOST, Math.max(-MOST, Math.round(number * 100) / 100));

/** The edit that changes the weight of the selection (or of what the cursor stands in) by `steps`; null where there is
 * nothing to weigh. Words go by 0.1, LoRAs by 0.05. */
export function reweigh(text: string, from: number, to: number, steps: number): Edit | null {
  if (escapes(text, from) || escapes(text, to)) return null;
  return lora(text, from, to, steps) ?? group(text, from, to, steps) ?? wrapped(text, from, to, steps);
}

/** Does a backslash before this place belong to what follows? (There is no escaped backslash in this syntax.) */
const escapes = (text: string, place: number) => text[place - 1] === "\\";

function lora(text: string, from: number, to: number, steps: number): Edit | null {
  for (const match of text.matchAll(LORA)) {
    const end = match.index + match[0].length;
    if (match.index > from || to > end) continue;
    const name = match[1] ?? "";
    const parts = (match[2] ?? "").split(":").slice(1);
    const first = Number(parts[0]);
    const strength = parts[0] === undefined || parts[0].trim() === "" || Number.isNaN(first) ? 1 : first;
    const next = String(round(strength + steps * 0.05));
    const rest = parts[0] === undefined || Number.isNaN(first) ? parts : parts.slice(1);
    const insert = `<lora:${[name, next, ...rest].join(":")}>`;
    const at = match.index + 7 + name.length;
    return { from: match.index, to: end, insert, select: [at, at + next.length] };
  }
  return null;
}

function group(text: string, from: number, to: number, steps: number): Edit | null {
  const all = groups(text);
  const whole = all.find((one) => one.from === from && one.to === to);
  const [nearest] = whole ? [whole] : around(all, from, to);
  if (!nearest) return null;
  const [start, end] = nearest.inner;
  // Part of what stands there gets a weight of its own.
  const part = from !== to && !whole && !(from <= start && to >= end);
  if (part) return null;
  const outer = around(all, nearest.from, nearest.to);
  const next = round((nearest.written ?? weightIn([nearest, ...outer])) + steps * 0.1);
  const words = text.slice(start, end);
  if (escapes(text, end)) return null;
  if (next === 1 && outer.length === 0)
    return {
      from: nearest.from,
      to: nearest.to,
      insert: words,
      select: [nearest.from, nearest.from + words.length],
    };
  return {
    from: nearest.from,
    to: nearest.to,
    insert: `(${words}:${next})`,
    select: [start, start + words.length],
  };
}

function wrapped(text: string, from: number, to: number, steps: number): Edit | null {
  let [start, end] = [from, to];
  if (from === to) {
    const word = [...text.matchAll(WORD)].find(
      (match) => match.index <= from && from <= match.index + match[0].length,
    );
    if (!word) return null;
    [start, end] = [word.index, word.index + word[0].length];
  }
  const chosen = text.slice(start, end);
  const words = chosen.trim();
  // Parentheses that have no partner inside would change what stands around.
  if (!words || !balanced(words) || escapes(words, words.length)) return null;
  start += chosen.indexOf(words);
  end = start + words.length;
  const base = weightIn(around(groups(text), start, end));
  const next = round(base + steps * 0.1);
  return {
    from: start,
    to: end,
    insert: `(${words}:${next})`,
    select: [start + 1, start + 1 + words.length],
  };
}

function balanced(text: string): boolean {
  let depth = 0;
  for (const match of text.matchAll(/\\[()]|[()]/g)) {
    if (match[0] === "(") depth++;
    else if (match[0] === ")" && --depth < 0) return false;
  }
  return depth === 0;
}
