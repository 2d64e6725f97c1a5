import { beforeEach, expect, test, vi } from "vitest";
import { become } from "@/lib/owner";
import { CONTROL, DEFAULT } from "./draft";
import { change, changeControl, fill, useDrafts } from "./store";

const NAME = "studio.advanced ada engines";
const again = async (stored: string) => {
  localStorage.setItem(NAME, stored);
  await useDrafts.persist.rehydrate();
  return useDrafts.getState().draft;
};

beforeEach(() => {
  become({ person: "ada", organisation: "engines" });
  fill(DEFAULT);
});

test("a draft survives a reload", async () => {
  change({ prompt: "a fox", steps: 33, kind: "outpaint" });
  const stored = localStorage.getItem(NAME) ?? "";
  fill(DEFAULT);
  expect(await again(stored)).toMatchObject({ prompt: "a fox", steps: 33, kind: "outpaint", strength: 1 });
});

test("what was stored in another shape, or by somebody else, is dropped", async () => {
  vi.spyOn(console, "error").mockImplementation(() => undefined);
  const future = JSON.stringify({ state: { draft: { ...DEFAULT, prompt: "a fox" } }, version: 99 });
  expect(await again(future)).toEqual(DEFAULT);
  expect(await again('{"state":{"draft":{"steps":"many","prompt":"a hare"}},"version":1}')).toEqual({
    ...DEFAULT,
    prompt: "a hare",
  });
  expect(await again('{"state":7,"version":1}')).toEqual(DEFAULT);
  fill(DEFAULT);
  expect(await again("no JSON")).toEqual(DEFAULT);
});

test("a browser that keeps nothing takes nothing from the form", () => {
  vi.spyOn(Storage.prototype, "setItem").mockImplementation(() => {
    throw new DOMException("full", "QuotaExceededError");
  });
  change({ prompt: "x".repeat(100) });
  expect(useDrafts.getState().draft.prompt).toHaveLength(100);
});

test("an upload that comes late undoes nothing that was changed meanwhile", () => {
  const slot = (key: string) => ({ ...CONTROL, key });
  change({ controls: [slot("a"), slot("b")] });
  // What was drawn when the file was dropped.
  const arrived = (image: string) => changeControl("a", { image });
  change(({ controls }) => ({ controls: [...controls.filter((one) => one.key !== "b"), slot("c")] }));
  changeControl("a", { strength: 0.4 });
  changeControl("c", { image: "other" });
  arrived("late");
  const kept = () => useDrafts.getState().draft.controls.map(({ key, image }) => [key, image]);
  expect(kept()).toEqual([
    ["a", "late"],
    ["c", "other"],
  ]);
  expect(useDrafts.getState().draft.controls[0]?.strength).toBe(0.4);
  // Removed in between: it stays so.
  changeControl("b", { image: "late" });
  expect(kept()).toHaveLength(2);
});
