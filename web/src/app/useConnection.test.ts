import { act, renderHook } from "@testing-library/react";
import { beforeEach, expect, test, vi } from "vitest";
import type { Me } from "@/api/schema.gen";
import { sessionEnded, signedIn } from "@/api/session";
import { useConnection } from "@/app/useConnection";
import { startLive } from "@/realtime/live";

vi.mock("@/realtime/live", () => ({ startLive: vi.fn() }));
const stop = vi.fn();
const ME = { id: "ada", organisation_id: "engines", permissions: ["job:read"] } as unknown as Me;
const told = () => [vi.mocked(startLive).mock.calls.length, stop.mock.calls.length];

beforeEach(() => {
  vi.mocked(startLive).mockReset().mockReturnValue(stop);
  stop.mockReset();
  signedIn(ME, "1");
});

test("another CSRF token leaves the connection as it is", () => {
  renderHook(useConnection);
  act(() => signedIn({ ...ME }, "2"));
  expect(told()).toEqual([1, 0]);
});

test("it ends with the session, and begins with the next", () => {
  renderHook(useConnection);
  act(() => sessionEnded());
  expect(told()).toEqual([1, 1]);
  act(() => signedIn(ME, "2"));
  expect(told()).toEqual([2, 1]);
});

test.each([
  ["another person", { id: "eve" }],
  ["another organisation", { organisation_id: "looms" }],
])("%s has one of their own", (_, change) => {
  renderHook(useConnection);
  act(() => signedIn({ ...ME, ...change }, "2"));
  expect(told()).toEqual([2, 1]);
});

test("who may not see jobs has none", () => {
  signedIn({ ...ME, permissions: [] }, "1");
  renderHook(useConnection);
  expect(told()).toEqual([0, 0]);
});
