import fc from "fast-check";
import { expect, test } from "vitest";
import { allPages } from "@/api/pages";

/** A list of so many numbers, handed out `size` at a time. */
const handing = (count: number, size: number, asked: (string | undefined)[]) => {
  return async ({ cursor }: { cursor?: string }) => {
    asked.push(cursor);
    const from = cursor ? Number(cursor) : 0;
    const items = Array.from({ length: Math.min(size, count - from) }, (_, place) => from + place);
    const next = from + size;
    return { items, next_cursor: next < count ? String(next) : null };
  };
};
const signal = new AbortController().signal;

test("all items come, each once and in order, whatever the pages' size", async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(60), fc.integer({ min: 1, max: 20 }), async (count, size) => {
      const asked: (string | undefined)[] = [];
      const items = await allPages(handing(count, size, asked), signal);
      expect(items).toEqual(Array.from({ length: count }, (_, place) => place));
      expect(asked).toHaveLength(Math.max(1, Math.ceil(count / size)));
      expect(asked[0]).toBeUndefined();
    }),
  );
});

test("a list without end is not read for ever", async () => {
  const asked: (string | undefined)[] = [];
  const items = await allPages(handing(1_000_000, 100, asked), signal, 250);
  expect(items).toHaveLength(300);
  expect(asked).toHaveLength(3);
});
