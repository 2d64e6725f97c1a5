import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, renderHook, waitFor } from "@testing-library/react";
import type { ReactNode } from "react";
import { expect, test, vi } from "vitest";
import { type Preferences, usePrefer, without } from "@/api/preferences";
import type { Me } from "@/api/schema.gen";
import { signedIn, useSession } from "@/api/session";

const ME = {
  id: "ada",
  organisation_id: "engines",
  name: "Ada",
  permissions: [],
  preferences: { mode: "simple" },
} as unknown as Me;

test("a refused preference is as before; what else has changed since stays", async () => {
  signedIn(ME, "1");
  let refuse: (answer: Response) => void = () => undefined;
  vi.stubGlobal(
    "fetch",
    () =>
      new Promise<Response>((answer) => {
        refuse = answer;
      }),
  );
  const client = new QueryClient();
  const { result } = renderHook(usePrefer, {
    wrapper: ({ children }: { children: ReactNode }) => (
      <QueryClientProvider client={client}>{children}</QueryClientProvider>
    ),
  });
  const sent = vi.fn();
  await act(async () => void result.current.mutateAsync({ mode: "advanced" }).catch(sent));
  const me = () => useSession.getState().me;
  expect(me()?.preferences).toEqual({ mode: "advanced" });
  // Meanwhile the session was asked for again, and another preference was chosen.
  signedIn({ ...ME, name: "Ada Lovelace", preferences: { mode: "advanced", notify: true } as never }, "2");
  refuse(new Response(JSON.stringify({ type: "/problems/validation", status: 422 }), { status: 422 }));
  await waitFor(() => expect(sent).toHaveBeenCalled());
  expect(me()).toMatchObject({ name: "Ada Lovelace", preferences: { mode: "simple", notify: true } });
});

test.each<[string, Preferences, Preferences, Preferences, Preferences]>([
  ["one that was not there goes", { notify: true }, { notify: true }, {}, {}],
  ["one that was chosen again stays", { mode: "advanced" }, { mode: "simple" }, {}, { mode: "simple" }],
  ["others stay", { notify: true }, { notify: true, mode: "simple" }, {}, { mode: "simple" }],
])("%s", (_, change, now, before, after) => {
  expect(without(change, now, before)).toEqual(after);
});
