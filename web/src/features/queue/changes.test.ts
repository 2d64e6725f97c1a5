import { QueryClient } from "@tanstack/react-query";
import { expect, test, vi } from "vitest";
import type { Job } from "@/api/schema.gen";
import { cancelled, optimistically, paused } from "@/features/queue/changes";
import { ACTIVE } from "@/features/queue/jobs";

const job = (id: string, state: Job["state"], more: Partial<Job> = {}): Job =>
  ({ id, state, paused: false, position: 3, cancel_requested: false, ...more }) as Job;
const MINE = [...ACTIVE, { mine: true, team: null }];
const TEAM = [...ACTIVE, { mine: false, team: null }];

function clientWith(...jobs: Job[]): QueryClient {
  const client = new QueryClient();
  client.setQueryData(MINE, jobs);
  client.setQueryData(TEAM, [...jobs, job("another's", "QUEUED")]);
  return client;
}
const states = (client: QueryClient, key = MINE) =>
  client.getQueryData<Job[]>(key)?.map((one) => [one.id, one.state, one.paused, one.cancel_requested]);

test("a change is shown in every list before the answer, and stays when it comes", async () => {
  const waits = job("a", "QUEUED");
  const client = clientWith(waits, job("b", "QUEUED"));
  let during: unknown;
  await optimistically(client, [waits], paused, async () => {
    during = [states(client), states(client, TEAM)?.slice(0, 2)];
  });
  const expected = [
    ["a", "PENDING", true, false],
    ["b", "QUEUED", false, false],
  ];
  expect(during).toEqual([expected, expected]);
  expect(states(client)).toEqual(expected);
});

test("refused: that job is as it was, and what happened to others meanwhile stays", async () => {
  const waits = job("a", "QUEUED");
  const client = clientWith(waits, job("b", "QUEUED"));
  const refused = new Error("This job does not wait (any more).");
  const attempt = optimistically(client, [waits], cancelled, async () => {
    expect(states(client)?.[0]).toEqual(["a", "CANCELLED", false, false]);
    client.setQueryData<Job[]>(MINE, (list) =>
      list?.map((one) => (one.id === "b" ? { ...one, state: "PROCESSING" } : one)),
    );
    throw refused;
  });
  await expect(attempt).rejects.toBe(refused);
  expect(client.getQueryData<Job[]>(MINE)?.[0]).toEqual(waits);
  expect(states(client)?.[1]).toEqual(["b", "PROCESSING", false, false]);
});

test("what runs is asked to stop, and the lists are asked for anew either way", async () => {
  const runs = job("a", "PROCESSING");
  const client = clientWith(runs);
  const again = vi.spyOn(client, "invalidateQueries");
  await optimistically(client, [runs], cancelled, async () => undefined);
  expect(states(client)).toEqual([["a", "PROCESSING", false, true]]);
  expect(again).toHaveBeenCalledWith({ queryKey: ["get", "/api/v1/jobs"] });
});
