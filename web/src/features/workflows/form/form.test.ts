import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Field } from "@/features/workflows/form/field";
import { formOf } from "@/features/workflows/form/fields";
import { FIRST, KINDS } from "@/features/workflows/form/fixtures";
import { linkTo, neededOf, nodesOf, spaced } from "@/features/workflows/form/graph";
import {
  accepted,
  type Draft,
  fieldsIn,
  missing,
  overridesOf,
  shown,
  withValues,
} from "@/features/workflows/form/values";

const roles = (fields: Field[]) => fields.map((field) => field.role);

describe("ComfyUI's first graph", () => {
  const form = formOf(FIRST, KINDS);

  test("asks for prompts, size, steps and seed first", () => {
    expect(roles(form.main)).toEqual([
      "prompt",
      "negative_prompt",
      "width",
      "height",
      "steps",
      "cfg",
      "seed",
    ]);
    expect(form.main[0]?.value).toBe("a red circle");
    expect(form.main[1]?.value).toBe("text, watermark");
  });

  test("has all the rest by node", () => {
    expect(form.rest.map((one) => [one.node, roles(one.fields)])).toEqual([
      ["3", ["sampler_name", "scheduler", "denoise"]],
      ["4", ["ckpt_name"]],
      ["5", ["batch_size"]],
      ["9", ["filename_prefix"]],
    ]);
  });

  test("a checkpoint named with its ending is the choice without it, and is not sent as a change", () => {
    const checkpoint = fieldsIn(form).find((field) => field.role === "ckpt_name");
    expect(checkpoint?.value).toBe("pocket");
    expect(overridesOf(form, {})).toEqual({});
  });

  test("only what was changed is sent", () => {
    const draft: Draft = {
      "6.text": "a blue square",
      "3.seed": 156680208700286,
      "3.steps": 900,
      "3.cfg": 3.5,
    };
    expect(overridesOf(form, draft)).toEqual({
      "6": { text: "a blue square" },
      "3": { steps: 150, cfg: 3.5 },
    });
  });
});

test("a prompt is told by where it leads, through others and from a node that only holds it", () => {
  const form = formOf(
    {
      ...FIRST,
      "3": { ...FIRST["3"], inputs: { ...FIRST["3"]?.inputs, positive: ["12", 0], steps: ["14", 0] } },
      "10": { class_type: "CLIPTextEncode", inputs: { clip: ["4", 1], text: ["11", 0] } },
      "11": { class_type: "PrimitiveString", inputs: { value: "on a hill" } },
      "12": {
        class_type: "ConditioningCombine",
        inputs: { conditioning_1: ["6", 0], conditioning_2: ["10", 0] },
      },
      "14": { class_type: "PrimitiveInt", inputs: { value: 12 } },
    },
    KINDS,
  );
  const prompts = form.main.filter((field) => field.role === "prompt");
  expect(prompts.map((field) => [field.id, field.of])).toEqual([
    ["6.text", "CLIPTextEncode"],
    ["11.value", "PrimitiveString"],
  ]);
  expect(form.main.find((field) => field.role === "steps")?.id).toBe("14.value");
});

test("a picture that must be given is asked for, and missing", () => {
  const form = formOf(
    {
      "1": { class_type: "LoadImage", inputs: {} },
      "2": { class_type: "SaveImage", inputs: { images: ["1", 0] } },
    },
    KINDS,
  );
  expect(form.main.map((field) => field.widget)).toEqual(["picture"]);
  expect(missing(form, {}).map((field) => field.id)).toEqual(["1.image"]);
  expect(missing(form, { "1.image": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de" })).toEqual([]);
});

test("unknown classes are named with their nodes; a title of the file's goes before the class's", () => {
  const form = formOf(
    {
      "1": { class_type: "FaceDetailer", inputs: { text: "x" } },
      "2": { class_type: "FaceDetailer", inputs: {} },
      "3": { class_type: "SaveImage", inputs: {}, _meta: { title: "Last of all" } },
    },
    KINDS,
  );
  expect([...form.unknown]).toEqual([["FaceDetailer", ["1", "2"]]]);
  expect(form.rest[0]?.group).toBe("Last of all");
  expect(spaced("VAEDecodeTiled_v2")).toBe("VAE Decode Tiled v2");
});

test("a node comes after what it needs, also in a ring", () => {
  const order = neededOf(nodesOf(FIRST, KINDS), KINDS);
  expect(order.indexOf("4")).toBeLessThan(order.indexOf("6"));
  expect(order.indexOf("3")).toBeLessThan(order.indexOf("8"));
  expect(order.at(-1)).toBe("9");
  const ring = {
    "1": { class_type: "A", inputs: { a: ["2", 0] } },
    "2": { class_type: "B", inputs: { b: ["1", 0] } },
  };
  expect(neededOf(nodesOf(ring, KINDS), KINDS).sort()).toEqual(["1", "2"]);
});

const anyLink = fc.tuple(fc.constantFrom("1", "2", "3", "4", "x"), fc.nat(2));
const anyNode = fc.record(
  {
    class_type: fc.oneof(fc.constantFrom(...KINDS.keys(), "NoSuchNode"), fc.anything()),
    inputs: fc.oneof(
      fc.dictionary(
        fc.constantFrom(
          "text",
          "value",
          "seed",
          "steps",
          "cfg",
          "image",
          "width",
          "denoise",
          "samples",
          "on",
          "positive",
        ),
        fc.oneof(anyLink, fc.anything()),
      ),
      fc.anything(),
    ),
    _meta: fc.oneof(fc.record({ title: fc.string() }), fc.anything()),
  },
  { requiredKeys: [] },
);
const anyGraph = fc.dictionary(
  fc.constantFrom("1", "2", "3", "4", "5:1", "__proto__", "constructor"),
  fc.oneof(anyNode, fc.anything()),
);
const anyDraft = (form: ReturnType<typeof formOf>) =>
  fc.dictionary(
    fc.constantFrom("3.steps", "no.such", ...fieldsIn(form).map((field) => field.id)),
    fc.oneof(fc.string(), fc.double(), fc.boolean(), fc.maxSafeInteger(), fc.constantFrom("euler", "other")),
  ) as fc.Arbitrary<Draft>;

describe("of any graph", () => {
  test("every value of a known node that is no link is in the form once", () => {
    fc.assert(
      fc.property(anyGraph, (graph) => {
        const form = formOf(graph, KINDS);
        const ids = fieldsIn(form).map((field) => field.id);
        expect(new Set(ids).size).toBe(ids.length);
        const wanted: string[] = [];
        for (const node of nodesOf(graph, KINDS).values())
          for (const input of KINDS.get(node.classType)?.inputs ?? []) {
            const given = node.inputs[input.name];
            const written = ["INT", "FLOAT", "STRING", "BOOLEAN", "COMBO"].includes(input.type);
            if (written && linkTo(given) === undefined && (typeof given !== "object" || given === null))
              wanted.push(`${node.id}.${input.name}`);
          }
        expect([...ids].sort()).toEqual(wanted.sort());
      }),
    );
  });

  test("nothing that a field cannot take is ever sent, and what is sent is what the form shows then", () => {
    fc.assert(
      fc.property(
        anyGraph.chain((graph) => fc.tuple(fc.constant(graph), anyDraft(formOf(graph, KINDS)))),
        ([graph, draft]) => {
          const form = formOf(graph, KINDS);
          const overrides = overridesOf(form, draft);
          for (const field of fieldsIn(form)) {
            const sent = overrides[field.node]?.[field.name];
            if (sent === undefined) continue;
            expect(accepted(field, sent)).toBe(sent);
            if (typeof sent === "number") {
              expect(sent).toBeGreaterThanOrEqual(field.min);
              expect(sent).toBeLessThanOrEqual(field.max);
              if (field.whole) expect(Number.isSafeInteger(sent)).toBe(true);
            }
          }
          const after = formOf(withValues(graph, overrides), KINDS);
          const before = new Map(fieldsIn(form).map((field) => [field.id, shown(field, draft)]));
          for (const field of fieldsIn(after)) expect(field.value).toEqual(before.get(field.id));
          expect(overridesOf(after, draft)).toEqual({});
        },
      ),
    );
  });
});
