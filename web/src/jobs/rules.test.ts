import fc from "fast-check";
import { expect, test } from "vitest";
import { ApiProblem } from "@/api/problem";
import { workflowName } from "@/jobs/actions";
import { outsideOf } from "@/jobs/binned";
import { mayHaveArrived, pressed } from "@/jobs/press";
import { priced } from "@/jobs/price";
import { amountIn, refused } from "@/jobs/refused";
import { outputsOf, ratioOf } from "@/jobs/request";
import { jobOf } from "@/jobs/testing";
import { variationsOf } from "@/jobs/variations";

const problem = (kind: string, status: number, more: Record<string, unknown> = {}) =>
  new ApiProblem({ kind, status, detail: "", more });

test("a press keeps its key only for the request whose answer was lost", () => {
  let count = 0;
  const fresh = () => String(++count);
  const first = pressed(undefined, "a", fresh);
  expect(pressed(first, "a", fresh)).toBe(first);
  expect(pressed(first, "b", fresh).key).not.toBe(first.key);
});

test("only what may have had its effect is sent again under its key", () => {
  expect([0, 409, 500, 503].map((status) => mayHaveArrived(problem("x", status)))).toEqual([
    true,
    true,
    true,
    true,
  ]);
  expect([400, 402, 403, 422, 429].some((status) => mayHaveArrived(problem("x", status)))).toBe(false);
  expect(mayHaveArrived(new TypeError("cut off"))).toBe(true);
});

test("refusals are told apart by what the problem document says", () => {
  expect(refused(problem("payment-required", 402, { needed: 5, available: 1 }))).toBe("credits");
  expect(refused(problem("payment-required", 402, { limit_of: "member" }))).toBe("budget");
  expect(refused(problem("storage-full", 402))).toBe("storage");
  expect(refused(problem("forbidden", 403, { permission: "job:create" }))).toBe("permission");
  expect(refused(problem("forbidden", 403))).toBe("other");
  expect(refused(problem("too-many-requests", 429))).toBe("rate");
  expect(refused(problem("offline", 0))).toBe("offline");
  expect(amountIn(problem("payment-required", 402, { needed: 5 }), "needed")).toBe(5);
  expect(amountIn(problem("payment-required", 402), "needed")).toBeUndefined();
});

test("typing asks for no new price; LoRAs, sizes and counts do", () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), fc.nat(), (one, other, seed) => {
      fc.pre(!/<lora:/i.test(one + other));
      const of = (prompt: string) => priced({ kind: "txt2img", prompt, seed, steps: 9 });
      expect(of(one)).toEqual(of(other));
    }),
  );
  const plain = priced({ kind: "txt2img", prompt: "a" });
  expect(priced({ kind: "txt2img", prompt: "a <lora:dusk:1>" })).not.toEqual(plain);
  expect(priced({ kind: "txt2img", prompt: "a", batch: 2 })).not.toEqual(plain);
});

test("variations begin from the picture, with the same words and no seed", () => {
  const request = { kind: "txt2img", prompt: "a star", seed: 7, steps: 12, width: 96, vae: null } as const;
  const made = variationsOf(request, "p");
  expect(made).toMatchObject({ kind: "img2img", image: "p", prompt: "a star", steps: 12, batch: 4 });
  expect(made).not.toHaveProperty("seed");
  expect(made).not.toHaveProperty("vae");
  expect(variationsOf({ kind: "upscale", image: "p", upscaler: "x2" }, "p")).toBeUndefined();
});

test("the box has the proportions that were asked for", () => {
  expect(ratioOf({ kind: "txt2img", prompt: "", width: 168, height: 96 })).toBe(1.75);
  expect(ratioOf({ kind: "txt2img", prompt: "", width: null, height: 96 })).toBeUndefined();
});

test("what a workflow only previewed counts where there is nothing else", () => {
  const temp = { asset_id: "t", place: 0, url: "", folder: "temp" as const };
  const kept = { asset_id: "k", place: 1, url: "", folder: "output" as const };
  expect(outputsOf(jobOf({ outputs: [temp, kept] }))).toEqual([kept]);
  expect(outputsOf(jobOf({ outputs: [temp] }))).toEqual([temp]);
});

test("what is in the bin is not shown", () => {
  const outputs = ["a", "b"].map((asset_id, place) => ({ asset_id, place, url: "" }));
  expect(outsideOf(new Set(["a", "x"]), outputs).map((one) => one.asset_id)).toEqual(["b"]);
  expect(outsideOf(new Set(), outputs)).toBe(outputs);
});

test("a workflow is called by the words, without tags, and never by nothing", () => {
  const name = (prompt: string) => workflowName(jobOf({ request: { kind: "txt2img", prompt } }));
  expect(name("<lora:dusk:1> a star\n at night")).toBe("a star at night");
  fc.assert(
    fc.property(
      fc.string({
        unit: fc.constantFrom("a", "é", "<", ">", " ", "\n", "\u0000", "\u{1f31f}"),
        maxLength: 100,
      }),
      (prompt) => {
        const made = name(prompt);
        expect(made).toBe(made.trim());
        expect(made.length).toBeGreaterThan(0);
        expect([...made].length).toBeLessThanOrEqual(60);
      },
    ),
  );
});
