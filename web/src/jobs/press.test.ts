import { expect, test } from "vitest";
import { ApiProblem } from "@/api/problem";
import { once } from "@/jobs/press";

const lost = new ApiProblem({ kind: "offline", status: 0, detail: "" });
const refused = new ApiProblem({ kind: "payment-required", status: 402, detail: "No credits." });

test("a press keeps its key until an answer has come, whatever else is pressed in between", async () => {
  const keys: string[] = [];
  const press = (name: string, error?: Error) =>
    once(name, async (key) => {
      keys.push(key);
      if (error) throw error;
      return key;
    }).catch(() => undefined);
  await press("retry a", lost);
  await press("retry b", lost);
  await press("retry a", new TypeError("cut off"));
  await press("retry a");
  await press("retry a", refused);
  await press("retry a");
  const [a, b, again, answered, fresh, another] = keys;
  expect([again, answered]).toEqual([a, a]);
  expect(new Set([a, b, fresh, another]).size).toBe(4);
});

test("a second press before the answer is the same press", async () => {
  const keys: string[] = [];
  const send = async (key: string) => {
    keys.push(key);
    await Promise.resolve();
  };
  await Promise.all([once("retry c", send), once("retry c", send)]);
  expect(keys[1]).toBe(keys[0]);
});
