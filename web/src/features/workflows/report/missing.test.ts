import { expect, test } from "vitest";
import type { WorkflowProblem } from "@/api/schema.gen";
import { FIRST, KINDS } from "@/features/workflows/form/fixtures";
import { errorsOf, isClear, reportOf } from "@/features/workflows/report/missing";

const problem = (more: Partial<WorkflowProblem>): WorkflowProblem => ({ type: "", message: "", ...more });

test("each problem is told where something can be done about it", () => {
  const graph = {
    ...FIRST,
    "10": { class_type: "LoadImage", inputs: { image: "cat.png" } },
    "11": { class_type: "FaceDetaler", inputs: { image: ["10", 0] } },
    "12": { class_type: "FaceDetaler", inputs: {} },
  };
  const report = reportOf(
    [
      problem({ type: "invalid_prompt", message: "Cannot execute because node FaceDetaler does not exist." }),
      problem({
        type: "invalid_prompt",
        node: "11",
        details: "there is no such node here. Did you mean LoadImage.",
      }),
      problem({
        type: "value_not_in_list",
        node: "4",
        input: "ckpt_name",
        details: "ckpt_name: there is no 'x.safetensors' in checkpoints. There are other, pocket.",
      }),
      problem({
        type: "value_not_in_list",
        node: "10",
        input: "image",
        details: "image: there is no 'cat.png'.",
      }),
      problem({
        type: "required_input_missing",
        node: "10",
        input: "image",
        details: "image: it is missing.",
      }),
      problem({
        type: "value_bigger_than_max",
        node: "3",
        input: "steps",
        details: "steps: 900 is too much; give 1 to 150.",
      }),
      problem({
        type: "value_not_in_list",
        node: "3",
        input: "sampler_name",
        details: "sampler_name: no 'eulr'.",
      }),
      problem({ type: "required_input_missing", node: "8", input: "vae", details: "vae: it is missing." }),
      problem({ type: "exception_during_inner_validation", node: "6", details: "it goes in a ring" }),
    ],
    graph,
    KINDS,
  );
  expect(report.nodes).toEqual([{ name: "FaceDetaler", count: 2, near: "LoadImage" }]);
  expect(report.models).toMatchObject([
    { name: "pocket.safetensors", folder: "checkpoints", near: "other, pocket" },
  ]);
  expect(report.files.map((one) => [one.name, one.field])).toEqual([
    ["cat.png", "10.image"],
    ["cat.png", "10.image"],
  ]);
  expect(errorsOf(report)).toEqual({
    "3.steps": "900 is too much; give 1 to 150.",
    "3.sampler_name": "No 'eulr'.",
  });
  expect(report.links.map((one) => [one.title, one.input, one.text])).toEqual([
    ["VAE Decode", "vae", "It is missing."],
    ["CLIPTextEncode", "", "It goes in a ring"],
  ]);
  expect(report.whole).toEqual([]);
});

test("unknown steps are told of though the server has not come to them", () => {
  const graph = { "1": { class_type: "Mystery", inputs: {} } };
  expect(reportOf([], graph, KINDS).nodes).toEqual([{ name: "Mystery", count: 1, near: "" }]);
  expect(isClear(reportOf([], FIRST, KINDS))).toBe(true);
});

test("what is wrong with the whole is told once", () => {
  const whole = problem({ type: "prompt_no_outputs", message: "Prompt has no outputs" });
  expect(reportOf([whole, whole], FIRST, KINDS).whole).toEqual(["Prompt has no outputs"]);
});
