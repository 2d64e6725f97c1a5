import { beforeEach, expect, test, vi } from "vitest";
import type { Me } from "@/api/schema.gen";

const who = (id: string, organisation_id: string) =>
  ({ id, organisation_id, permissions: [] }) as unknown as Me;
const ADA = who("ada", "engines");
const ADA_ELSEWHERE = who("ada", "looms");
const EVE = who("eve", "engines");

/** A page that was just loaded: its memory is empty, the browser's storage is as it was. */
async function page() {
  vi.resetModules();
  const [session, { queryClient }, live, simple, advanced, workflows, uploads] = await Promise.all([
    import("@/api/session"),
    import("@/api/queryClient"),
    import("@/realtime/jobs"),
    import("@/features/simple/draft"),
    import("@/features/advanced/draft/store"),
    import("@/features/workflows/form/drafts"),
    import("@/pictures/uploads"),
  ]);
  return {
    ...session,
    queryClient,
    live: live.useLive,
    uploads: uploads.useUploads,
    write(text: string) {
      simple.useDraft.setState({ prompt: text });
      advanced.change({ prompt: text });
      workflows.setValue("w", "prompt", text);
    },
    written: () => [
      simple.useDraft.getState().prompt,
      advanced.useDrafts.getState().draft.prompt,
      workflows.useDrafts.getState().drafts.w?.values.prompt ?? "",
    ],
  };
}
type Page = Awaited<ReturnType<typeof page>>;
const NOTHING = ["", "", ""];
const FOX = ["a fox", "a fox", "a fox"];

function work(on: Page) {
  on.write("a fox");
  on.queryClient.setQueryData(["assets"], ["picture"]);
  on.live.setState({ jobs: { job: {} as never } });
  on.uploads.setState({ uploads: [{ id: "u", name: "fox.png", size: 1, state: "done", part: 1 }] });
}
const known = (on: Page) => [
  on.queryClient.getQueryCache().getAll().length,
  Object.keys(on.live.getState().jobs).length,
  on.uploads.getState().uploads.length,
];

beforeEach(() => localStorage.clear());

test.each([
  ["another person", EVE],
  ["another organisation", ADA_ELSEWHERE],
])("%s goes on in the same page, and finds nothing of the one before", async (_, next) => {
  const on = await page();
  on.signedIn(ADA, "1");
  work(on);
  on.signedIn(next, "2");
  expect(known(on)).toEqual([0, 0, 0]);
  expect(on.written()).toEqual(NOTHING);
});

test("somebody else after the session had ended, or a password was set anew, finds nothing either", async () => {
  const on = await page();
  on.signedIn(ADA, "1");
  work(on);
  on.sessionEnded();
  on.signedOut();
  on.signedIn(EVE, "2");
  expect(known(on)).toEqual([0, 0, 0]);
  expect(on.written()).toEqual(NOTHING);
});

test("the same person signs in again: all is as it was", async () => {
  const on = await page();
  on.signedIn(ADA, "1");
  work(on);
  on.sessionEnded();
  on.signedIn(ADA, "2");
  expect(known(on)).toEqual([1, 1, 1]);
  expect(on.written()).toEqual(FOX);
});

test("the browser is opened again: the same person finds their drafts, another does not, and they are gone", async () => {
  const first = await page();
  first.signedIn(ADA, "1");
  first.write("a fox");
  const again = await page();
  expect(again.written()).toEqual(NOTHING);
  again.signedIn(ADA, "2");
  expect(again.written()).toEqual(FOX);
  const other = await page();
  other.signedIn(EVE, "3");
  expect(other.written()).toEqual(NOTHING);
  expect(JSON.stringify(localStorage)).not.toContain("fox");
});

test("each organisation has drafts of its own, whichever tab writes them", async () => {
  const here = await page();
  here.signedIn(ADA, "1");
  here.write("a fox");
  const there = await page();
  there.signedIn(ADA_ELSEWHERE, "2");
  there.write("a loom");
  here.write("a vixen");
  const back = await page();
  back.signedIn(ADA_ELSEWHERE, "3");
  expect(back.written()).toEqual(["a loom", "a loom", "a loom"]);
  back.signedIn(ADA, "4");
  expect(back.written()).toEqual(["a vixen", "a vixen", "a vixen"]);
});

test("drafts that name nobody are nobody's; the theme is the browser's", async () => {
  localStorage.setItem("studio.simple", '{"state":{"prompt":"a fox"},"version":1}');
  localStorage.setItem("studio.theme", "dark");
  const on = await page();
  on.signedIn(EVE, "1");
  expect(on.written()).toEqual(NOTHING);
  expect(Object.keys(localStorage)).toContain("studio.theme");
  expect(JSON.stringify(localStorage)).not.toContain("fox");
});

test("what goes on while somebody signs in is not asked for again", async () => {
  const on = await page();
  on.signedIn(ADA, "1");
  await on.queryClient.fetchQuery({
    queryKey: ["oauth", "code"],
    meta: { anyone: true },
    queryFn: () => on.signedIn(EVE, "2") ?? true,
  });
  expect(on.queryClient.getQueryData(["oauth", "code"])).toBe(true);
});

test("a browser that refuses its storage lets one sign in all the same", async () => {
  const on = await page();
  vi.spyOn(Storage.prototype, "getItem").mockImplementation(() => {
    throw new DOMException("no", "SecurityError");
  });
  vi.spyOn(Storage.prototype, "removeItem").mockImplementation(() => {
    throw new DOMException("no", "SecurityError");
  });
  localStorage.setItem("studio.old", "1");
  on.signedIn(ADA, "1");
  expect(on.useSession.getState().me).toEqual(ADA);
});

test("what one has written and not arrived with, and presses without an answer, are not another's", async () => {
  const on = await page();
  const [{ handOver, takeOver }, { once }] = await Promise.all([
    import("@/jobs/handover"),
    import("@/jobs/press"),
  ]);
  const keys: string[] = [];
  const press = () =>
    once("again", async (key) => {
      keys.push(key);
      throw new Error("no answer");
    }).catch(() => undefined);
  on.signedIn(ADA, "1");
  handOver({ kind: "txt2img", prompt: "a fox" } as never);
  await press();
  await press();
  on.signedIn(EVE, "2");
  await press();
  expect(takeOver()).toBeUndefined();
  expect(keys[1]).toBe(keys[0]);
  expect(keys[2]).not.toBe(keys[0]);
});
