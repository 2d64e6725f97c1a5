import { expect, test } from "vitest";
import { after } from "@/realtime/jobs";

const at = "2026-01-01T00:00:00Z";
const state = (sequence: number, name: "QUEUED" | "PROCESSING" | "COMPLETED") =>
  ({ type: "state", id: sequence, job_id: "a", sequence, state: name, at }) as Parameters<typeof after>[1];

test("what was seen before changes nothing", () => {
  const once = after(after({}, state(1, "QUEUED")), state(2, "PROCESSING"));
  expect(after(once, state(1, "QUEUED"))).toBe(once);
  expect(once.a?.state).toBe("PROCESSING");
});
