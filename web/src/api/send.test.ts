import { beforeEach, expect, test, vi } from "vitest";
import type { Me } from "@/api/schema.gen";
import { send } from "@/api/send";
import { signedIn, useSession } from "@/api/session";

const ME = { id: "ada", organisation_id: "engines", permissions: [] } as unknown as Me;
const json = (status: number, body: object) =>
  new Response(JSON.stringify(body), { status, headers: { "Content-Type": "application/json" } });
const REFUSED = () => json(403, { type: "/problems/csrf", status: 403 });
const request = (method = "POST") =>
  new Request(`${location.origin}/api/v1/jobs`, { method, ...(method === "GET" ? {} : { body: "a fox" }) });

let server: ReturnType<typeof vi.fn<(asked: Request) => Promise<Response>>>;
beforeEach(() => {
  server = vi.fn();
  vi.stubGlobal("fetch", server);
  signedIn(ME, "old");
});

test("what changes something says the token, what reads does not", async () => {
  server.mockImplementation(async () => json(200, {}));
  await send(request());
  await send(request("GET"));
  expect(server.mock.calls.map(([asked]) => asked.headers.get("X-CSRF-Token"))).toEqual(["old", null]);
});

test("another tab has signed in anew: the token is asked for, and the same sent once more", async () => {
  const bodies: string[] = [];
  server.mockImplementation(async (asked) => {
    if (asked.url.endsWith("/browser/session"))
      return json(200, { signed_in: true, csrf_token: "new", me: ME });
    bodies.push(await asked.text());
    return asked.headers.get("X-CSRF-Token") === "new" ? json(201, {}) : REFUSED();
  });
  expect((await send(request())).status).toBe(201);
  expect(bodies).toEqual(["a fox", "a fox"]);
});

test("somebody else has signed in: nothing is done in their name", async () => {
  server.mockImplementation(async (asked) =>
    asked.url.endsWith("/browser/session")
      ? json(200, { signed_in: true, csrf_token: "new", me: { ...ME, id: "eve" } })
      : REFUSED(),
  );
  expect((await send(request())).status).toBe(403);
  expect(server.mock.calls.filter(([asked]) => asked.url.endsWith("/jobs"))).toHaveLength(1);
});

test("the session is over: that is said, not that a token is missing", async () => {
  server.mockImplementation(async (asked) =>
    asked.url.endsWith("/browser/session") ? json(200, { signed_in: false }) : REFUSED(),
  );
  const answer = await send(request());
  expect(answer.status).toBe(401);
  expect(((await answer.json()) as { detail: string }).detail).toContain("session has ended");
  expect(useSession.getState()).toMatchObject({ ended: true, me: ME });
});

test("other refusals are refusals", async () => {
  server.mockImplementation(async () => json(403, { type: "/problems/forbidden" }));
  expect((await send(request())).status).toBe(403);
  expect(server).toHaveBeenCalledOnce();
  expect(useSession.getState().csrf).toBe("old");
});
