import { QueryClient } from "@tanstack/react-query";
import fc from "fast-check";
import { beforeEach, expect, test } from "vitest";
import type { Asset } from "@/api/schema.gen";
import { flat, type List, placesOf, putBack, withHead, without } from "@/pictures/cache";
import { change, inChunks, takeOut } from "@/pictures/optimistic";
import { LISTS, oneKey } from "@/pictures/queries";

const asset = (id: string, more: Partial<Asset> = {}) =>
  ({ id, name: id, rating: 0, tags: [], deleted_at: null, ...more }) as unknown as Asset;
const list = (...pages: string[][]): List => ({
  pages: pages.map((ids) => ({ items: ids.map((id) => asset(id)), next_cursor: null })),
  pageParams: pages.map(() => null),
});
const ids = (key: readonly unknown[]) => flat(client.getQueryData<List>(key)).map((one) => one.id);
const rated = (key: readonly unknown[]) =>
  Object.fromEntries(flat(client.getQueryData<List>(key)).map((one) => [one.id, one.rating]));

const ALL = [...LISTS, {}];
const BIN = [...LISTS, { bin: true }];
const refuse = () => Promise.reject(new Error("No."));
let client: QueryClient;
beforeEach(() => {
  client = new QueryClient();
  client.setQueryData(ALL, list(["a", "b", "c"], ["d", "e"]));
  client.setQueryData(BIN, list(["x"]));
});

/** An answer that comes when it is told to. */
function later() {
  let accept = () => {};
  let reject = () => {};
  const answer = new Promise<void>((yes, no) => {
    accept = yes;
    reject = () => no(new Error("No."));
  });
  return { answer, accept, reject };
}
const started = () => new Promise((resolve) => setTimeout(resolve));

test("a rating is shown before the answer, in lists and on the picture's own page", async () => {
  client.setQueryData(oneKey("b"), asset("b"));
  const { answer, accept } = later();
  const done = change(
    client,
    ["b"],
    () => ({ rating: 4 }),
    () => answer,
  );
  await started();
  expect(rated(ALL).b).toBe(4);
  expect(client.getQueryData<Asset>(oneKey("b"))?.rating).toBe(4);
  accept();
  expect((await done).failed).toEqual([]);
  expect(rated(ALL)).toEqual({ a: 0, b: 4, c: 0, d: 0, e: 0 });
});

test("what is refused goes back, what was taken stays", async () => {
  client.setQueryData(oneKey("d"), asset("d"));
  const outcome = await change(
    client,
    ["b", "d"],
    () => ({ rating: 5 }),
    ([id]) => (id === "d" ? refuse() : Promise.resolve()),
    1,
  );
  expect(outcome.failed).toEqual(["d"]);
  expect(String(outcome.error)).toContain("No.");
  expect(rated(ALL)).toEqual({ a: 0, b: 5, c: 0, d: 0, e: 0 });
  expect(client.getQueryData<Asset>(oneKey("d"))?.rating).toBe(0);
});

test("a refusal that comes late does not undo a newer change", async () => {
  const first = later();
  const tags = change(
    client,
    ["a"],
    (one) => ({ tags: [...one.tags, "blue"] }),
    () => first.answer,
  );
  await started();
  await change(
    client,
    ["a"],
    () => ({ rating: 3 }),
    () => Promise.resolve(),
  );
  await change(
    client,
    ["a"],
    () => ({ tags: ["green"] }),
    () => Promise.resolve(),
  );
  first.reject();
  await tags;
  const [a] = flat(client.getQueryData<List>(ALL));
  expect(a).toMatchObject({ rating: 3, tags: ["green"] });
});

test("a page that was asked for before a change does not take it back", async () => {
  const page = later();
  const asked = client
    .fetchQuery({ queryKey: ALL, queryFn: () => page.answer.then(() => list(["a"])), staleTime: 0 })
    .catch(() => "cancelled");
  await change(
    client,
    ["a"],
    () => ({ rating: 2 }),
    () => Promise.resolve(),
  );
  page.accept();
  await asked;
  expect(rated(ALL).a).toBe(2);
});

test("what is deleted leaves the lists at once and comes back to its place when that is refused", async () => {
  const { answer, reject } = later();
  const done = takeOut(client, ["b", "e"], () => answer);
  await started();
  expect(ids(ALL)).toEqual(["a", "c", "d"]);
  reject();
  expect((await done).failed).toEqual(["b", "e"]);
  expect(ids(ALL)).toEqual(["a", "b", "c", "d", "e"]);
});

test("undo brings it back to its place, among what has come since", async () => {
  const { back } = await takeOut(client, ["b", "c"], () => Promise.resolve());
  const head = { items: [asset("new"), asset("a")], next_cursor: null };
  client.setQueryData<List>(ALL, (now) => (now && withHead(now, head)) ?? now);
  back(["b", "c"]);
  expect(new Set(ids(ALL))).toEqual(new Set(["new", "a", "b", "c", "d", "e"]));
  expect(ids(ALL)[0]).toBe("new");
});

test("emptying the bin leaves the other lists alone, and deleting the bin", async () => {
  await takeOut(client, ["x", "a"], () => Promise.resolve(), { bin: true });
  expect(ids(BIN)).toEqual([]);
  expect(ids(ALL)).toContain("a");
});

test("putting back undoes taking out, whatever stands where", () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(fc.integer({ min: 0, max: 10_000 }).map(String), { maxLength: 8 }), { minLength: 1 }),
      fc.func(fc.boolean()),
      (pages, gone) => {
        const seen = new Set<string>();
        const unique = pages.map((page) => page.filter((id) => !seen.has(id) && seen.add(id)));
        const whole = list(...unique);
        const taken = new Set([...seen].filter((id) => gone(id)));
        const less = without(whole, taken);
        expect(flat(less).some((one) => taken.has(one.id))).toBe(false);
        expect(putBack(less, placesOf(whole, taken))).toEqual(whole);
      },
    ),
  );
});

test("what is new comes to the head; where too much is new, the list has to be read again", () => {
  const now = list(["b", "a"]);
  const head = (...some: string[]) => ({ items: some.map((id) => asset(id)), next_cursor: "more" });
  expect(flat(withHead(now, head("d", "c", "b")) ?? undefined).map((one) => one.id)).toEqual([
    "d",
    "c",
    "b",
    "a",
  ]);
  expect(withHead(now, head("f", "e", "d"))).toBeNull();
});

test("every id is sent once, in requests that are no larger than allowed", async () => {
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(fc.uuid()), fc.integer({ min: 1, max: 20 }), async (all, size) => {
      const sent: string[] = [];
      const { failed } = await inChunks(all, size, async (some) => {
        expect(some.length).toBeLessThanOrEqual(size);
        if (some[0]?.startsWith("0")) throw new Error("No.");
        sent.push(...some);
      });
      expect([...sent, ...failed].sort()).toEqual([...all].sort());
    }),
  );
});
