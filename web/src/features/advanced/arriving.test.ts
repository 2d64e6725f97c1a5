import { expect, test } from "vitest";
import { recipeIn, requestIn } from "./arriving";
import { parseExactly } from "./draft/exact";
import { readDraft } from "./draft/reading";
import { asDraft, requestOf } from "./draft/request";

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
