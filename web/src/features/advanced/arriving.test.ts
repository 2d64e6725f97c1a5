import { beforeEach, expect, test, vi } from "vitest";
import { api } from "@/api/client";
import { toast } from "@/design/Toaster";
import { fillFrom, recipeIn, requestIn, takeFromSimple } from "./arriving";
import { CONTROL, DEFAULT } from "./draft/draft";
import { parseExactly } from "./draft/exact";
import { readDraft } from "./draft/reading";
import { asDraft, requestOf } from "./draft/request";
import { change, fill, useDrafts } from "./draft/store";

vi.mock("@/design/Toaster", () => ({
  toast: Object.assign(vi.fn(), { success: vi.fn(), error: vi.fn() }),
}));
beforeEach(() => {
  vi.mocked(toast).mockClear();
  fill(DEFAULT);
});

const SEED = "18446744073709551615";
const request = `{"kind": "img2img", "prompt": "a fox", "image": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
  "strength": 0.4, "seed": ${SEED}, "width": 128, "height": 96, "loras": [], "hires": null}`;

test("a picture's request fills the draft to the last digit", () => {
  const details = parseExactly(`{"metadata": {"kind": "img2img", "parameters": ${request}}}`);
  const found = requestIn(details);
  const draft = readDraft(asDraft(found ?? {}));
  expect(draft).toMatchObject({ kind: "img2img", strength: 0.4, seed: SEED, locked: true });
  expect(JSON.stringify(requestOf(draft))).toContain(`"seed":${SEED}`);
});

test("of a workflow's picture what is known, and of an upload nothing", () => {
  const recipe = {
    prompt: "a fox",
    seed: 3,
    steps: 9,
    cfg: 4,
    batch_size: 2,
    width: 128,
    height: 128,
    denoise: 0.5,
  };
  const workflow = { metadata: { kind: "workflow", parameters: { kind: "workflow" }, recipe } };
  expect(requestIn(workflow)).toBeNull();
  expect(readDraft(asDraft(recipeIn(workflow) ?? {}))).toMatchObject({
    prompt: "a fox",
    steps: 9,
    batch: 2,
    seed: "3",
  });
  for (const details of [{ metadata: null }, { metadata: { text: {} } }, null, 7, []]) {
    expect(requestIn(details)).toBeNull();
    expect(recipeIn(details)).toBeNull();
  }
});

const simple = {
  kind: "txt2img",
  prompt: "a hare, at night",
  model: "pocket",
  steps: 12,
  width: 96,
  height: 96,
};
const toasts = () => vi.mocked(toast).mock.calls;
const undo = () => toasts().at(-1)?.[1]?.action?.onClick();

test("what was written in Simple leaves what was set up here, and can be undone", () => {
  const before = { ...DEFAULT, prompt: "a fox", controls: [{ ...CONTROL, key: "a", name: "canny" }] };
  fill(before);
  takeFromSimple(simple);
  expect(useDrafts.getState().draft).toMatchObject({
    prompt: "a hare, at night",
    steps: 12,
    size: { width: 96, height: 96 },
    controls: before.controls,
  });
  undo();
  expect(useDrafts.getState().draft).toEqual(before);
});

test("where nothing was set up nothing is said", () => {
  takeFromSimple(simple);
  expect(useDrafts.getState().draft.prompt).toBe("a hare, at night");
  expect(toasts()).toEqual([]);
});

test("a picture's recipe can be undone, and does not overwrite what was written while it was asked for", async () => {
  const before = { ...DEFAULT, prompt: "a fox", steps: 33 };
  fill(before);
  const details = `{"metadata": {"kind": "img2img", "parameters": ${request}}}`;
  vi.spyOn(api, "GET").mockResolvedValue({ data: details } as never);
  await fillFrom("p");
  expect(useDrafts.getState().draft).toMatchObject({ seed: SEED, steps: 20 });
  const [, options] = vi.mocked(toast.success).mock.calls.at(-1) ?? [];
  options?.action?.onClick();
  expect(useDrafts.getState().draft).toEqual(before);

  const late = fillFrom("p");
  change({ prompt: "a fox in the snow" });
  await late;
  expect(useDrafts.getState().draft).toEqual({ ...before, prompt: "a fox in the snow" });
  // Asked for once more it is taken all the same.
  undo();
  expect(useDrafts.getState().draft).toMatchObject({ seed: SEED });
});
