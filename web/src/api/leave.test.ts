import { beforeEach, expect, test, vi } from "vitest";
import type { Me } from "@/api/schema.gen";

const who = (id: string, organisation_id: string) =>
  ({ id, organisation_id, permissions: [] }) as unknown as Me;
const ADA = who("ada", "engines");

/** Tabs of one browser: what one says, all others hear at once. */
class Channel extends EventTarget {
  static all: Channel[] = [];
  constructor(readonly name: string) {
    super();
    Channel.all.push(this);
  }
  postMessage(data: string) {
    for (const one of Channel.all) if (one !== this) one.dispatchEvent(new MessageEvent("message", { data }));
  }
}

async function tab(me: Me) {
  vi.resetModules();
  const session = await import("@/api/session");
  session.signedIn(me, "1");
  await import("@/api/leave");
  return { ...session, me: () => session.useSession.getState().me };
}

beforeEach(() => {
  Channel.all = [];
  vi.stubGlobal("BroadcastChannel", Channel);
});

test.each([
  ["another person", who("eve", "engines")],
  ["another organisation", who("ada", "looms")],
])("%s signs in in another tab: this one asks anew who is signed in", async (_, next) => {
  const here = await tab(ADA);
  const there = await tab(ADA);
  there.signedIn(next, "2");
  expect(here.me()).toBeUndefined();
  expect(here.csrfToken()).toBeNull();
  expect(there.me()).toEqual(next);
});

test("a tab that is opened by somebody else tells the others; they do not answer for who was there before", async () => {
  const here = await tab(ADA);
  const there = await tab(who("eve", "engines"));
  expect(here.me()).toBeUndefined();
  expect(there.me()?.id).toBe("eve");
});

test("the same person in another tab, or again, changes nothing", async () => {
  const here = await tab(ADA);
  const there = await tab(ADA);
  there.sessionEnded();
  there.signedIn(ADA, "2");
  expect(here.me()).toEqual(ADA);
});
