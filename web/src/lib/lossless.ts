/** JSON whose whole numbers may be larger than JavaScript's numbers hold exactly: seeds have 64 bits. */

type Raw = {
  rawJSON?: (text: string) => object;
  isRawJSON?: (value: unknown) => value is { rawJSON: string };
};
type Context = { source?: string } | undefined;

/** The value of a JSON text, of which `JSON.stringify` writes the same numbers again, digit for digit, where the browser can. */
export const parseLossless = (text: string): unknown =>
  JSON.parse(text, ((_name: string, value: unknown, context: Context) => {
    const raw = (JSON as Raw).rawJSON;
    const lossy = typeof value === "number" && Number.isInteger(value) && !Number.isSafeInteger(value);
    return lossy && raw && context?.source ? raw(context.source) : value;
  }) as Parameters<typeof JSON.parse>[1]);

/** The digits of such a number; undefined for anything else. */
export function digitsOf(value: unknown): string | undefined {
  const { isRawJSON } = JSON as Raw;
  return isRawJSON?.(value) ? value.rawJSON : undefined;
}
