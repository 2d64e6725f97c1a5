/** JSON whose whole numbers may be larger than JavaScript's numbers hold exactly: seeds have 64 bits. */

type Raw = { rawJSON?: (text: string) => unknown };
type Context = { source?: string } | undefined;

/** Can this browser send and read every whole number exactly? (ECMAScript's JSON.rawJSON.) */
export const EXACT = typeof (JSON as Raw).rawJSON === "function";

/** What `JSON.stringify` writes as just these digits. */
export function digits(text: string): number {
  const number = Number(text);
  const raw = (JSON as Raw).rawJSON;
  return Number.isSafeInteger(number) || !raw ? number : (raw(text) as number);
}

/** The value that a JSON text is, in which seeds are their digits. */
export const parseExactly = (text: string): unknown =>
  JSON.parse(text, ((name: string, value: unknown, context: Context) =>
    (name === "seed" || name === "variation_seed") && typeof value === "number"
      ? Number.isSafeInteger(value)
        ? String(value)
        : (context?.source ?? String(value))
      : value) as Parameters<typeof JSON.parse>[1]);
