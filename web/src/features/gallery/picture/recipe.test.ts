import fc from "fast-check";
import { expect, test } from "vitest";
import type { AssetDetails } from "@/api/schema.gen";
import { asText, differences, factsOf, told } from "@/features/gallery/picture/recipe";

const asset = (metadata: Record<string, unknown> | null) =>
  ({ metadata, place: 0 }) as unknown as AssetDetails;

test("what matters stands first, and what nobody chose is left out", () => {
  const facts = factsOf(
    asset({
      kind: "txt2img",
      seed: 10,
      parameters: {
        kind: "txt2img",
        pag: 0,
        tiling: "none",
        vae: null,
        loras: [],
        cfg: 7,
        steps: 8,
        prompt: "a circle",
        negative_prompt: "",
        seed: 9,
        cfg_rescale: 0.5,
        clip_skip: 2,
      },
    }),
  );
  expect(facts.map((fact) => `${fact.name}=${fact.value}`)).toEqual([
    "prompt=a circle",
    // Of this very picture, not of the first one of its batch.
    "seed=10",
    "steps=8",
    "cfg=7",
    "clip_skip=2",
    "cfg_rescale=0.5",
  ]);
});

test("a workflow's picture tells what it was sampled with, not its graph", () => {
  const facts = factsOf(
    asset({
      kind: "workflow",
      seed: 3,
      parameters: { graph: { "1": {} }, node: "9" },
      recipe: {
        prompt: "a star",
        denoise: 0.5,
        steps: 6,
        batch_size: 1,
        model_hash: "00",
        extra: { lora: "ink" },
      },
    }),
  );
  expect(Object.fromEntries(facts.map((fact) => [fact.name, fact.value]))).toEqual({
    prompt: "a star",
    seed: "3",
    steps: "6",
    strength: "0.5",
    lora: "ink",
  });
});

test("an upload that says nothing of itself has no settings", () => {
  expect(factsOf(asset(null))).toEqual([]);
  expect(factsOf(asset({ text: { parameters: "x" } }))).toEqual([]);
});

test("lists are told by names and strengths", () => {
  expect(
    told([
      { name: "ink", strength: 0.8, blocks: null },
      { name: "dusk", strength: 1 },
    ]),
  ).toBe("ink × 0.8, dusk × 1");
  expect(told({ name: "edges", strength: 0.9, image: "0199", preprocessor: "canny" })).toBe(
    "edges × 0.9, preprocessor canny",
  );
  expect(told({ scale: 2, upscaler: "latent", width: null })).toBe("scale 2, upscaler latent");
  expect(told(0.1 + 0.2)).toBe("0.3");
});

test("two pictures differ in what is not the same, and in what only one has", () => {
  const one = factsOf(asset({ parameters: { prompt: "a", steps: 8, strength: 0.6, batch: 2 } }));
  const other = factsOf(asset({ parameters: { prompt: "a", steps: 12 } }));
  expect(differences(one, other)).toEqual([
    { name: "steps", a: "8", b: "12" },
    { name: "batch", a: "2", b: "1" },
    { name: "strength", a: "0.6", b: null },
  ]);
  expect(differences(one, one)).toEqual([]);
});

test("no metadata breaks it: uploads say what they like", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (parameters) => {
      const facts = factsOf(asset({ parameters }));
      expect(differences(facts, facts)).toEqual([]);
      expect(asText(facts, (name) => name).length).toBeGreaterThanOrEqual(0);
    }),
  );
});
