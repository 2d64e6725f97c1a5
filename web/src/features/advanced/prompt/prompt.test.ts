import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { joints } from "./inserts";
import { marks, unitsOf } from "./marks";
import { groups, reweigh } from "./weights";

/** `|` is the cursor; two of them are the selection. */
function pressed(marked: string, steps: number): string {
  const from = marked.indexOf("|");
  const to = Math.max(from, marked.replace("|", "").indexOf("|"));
  const text = marked.replaceAll("|", "");
  const edit = reweigh(text, from, to, steps);
  return edit ? text.slice(0, edit.from) + edit.insert + text.slice(edit.to) : text;
}

describe("the weight of the selection", () => {
  test.each([
    ["a re|d circle", 1, "a (red:1.1) circle"],
    ["a |red circle|", 1, "a (red circle:1.1)"],
    ["a | red | circle", -1, "a  (red:0.9)  circle"],
    ["a (red:1.1|) circle", 1, "a (red:1.2) circle"],
    ["a (|red|:1.2) circle", -1, "a (red:1.1) circle"],
    ["a (r|ed:1.1)", -1, "a red"],
    ["a (r|ed)", 1, "a (red:1.2)"],
    ["a ((r|ed))", 1, "a ((red:1.31))"],
    ["(a |red| fox:1.2)", 1, "(a (red:1.3) fox:1.2)"],
    ["|(red:1.3)|", 1, "(red:1.4)"],
    ["<lora:ink:0.|8>", 1, "<lora:ink:0.85>"],
    ["<lora:in|k>", -1, "<lora:ink:0.95>"],
    ["<lora:ink:0.5:|0.7:lbw=1,0>", 1, "<lora:ink:0.55:0.7:lbw=1,0>"],
    ["an embedding:co|coa", 1, "an (embedding:cocoa:1.1)"],
    ["a smile \\(|happy\\)", 1, "a smile (\\(happy\\):1.1)"],
    ["a |(red| fox)", 1, "a (red fox)"],
    ["  |  ", 1, "    "],
  ])("%s %i → %s", (before, steps, after) => {
    expect(pressed(before, steps)).toBe(after);
  });

  test("up and down again leaves words as they were", () => {
    const word = fc.stringMatching(/^[a-z]{1,8}$/);
    fc.assert(
      fc.property(
        fc.array(word, { minLength: 1, maxLength: 6 }),
        fc.nat(),
        fc.integer({ min: 1, max: 8 }),
        (all, at, steps) => {
          const text = all.join(" ");
          let now = text;
          let place = at % text.length;
          for (const step of [...Array(steps).fill(1), ...Array(steps).fill(-1)] as number[]) {
            const edit = reweigh(now, place, place, step);
            if (!edit) return;
            now = now.slice(0, edit.from) + edit.insert + now.slice(edit.to);
            place = edit.select[0];
          }
          expect(now).toBe(text);
        },
      ),
    );
  });

  test("whatever is typed, parentheses that have partners keep them", () => {
    const odd = fc.string({
      unit: fc.constantFrom("(", ")", "a", " ", ":", "1", ".", "\\", "<", ">", "lora:"),
      maxLength: 30,
    });
    fc.assert(
      fc.property(odd, fc.nat(), fc.nat(), fc.constantFrom(1, -1), (text, a, b, steps) => {
        const [from, to] = [a % (text.length + 1), b % (text.length + 1)].sort((x, y) => x - y) as [
          number,
          number,
        ];
        const edit = reweigh(text, from, to, steps);
        if (!edit) return;
        const after = text.slice(0, edit.from) + edit.insert + text.slice(edit.to);
        const count = (of: string) =>
          of.replace(/\\[()]/g, "").replace(/[^()]/g, "").length - 2 * groups(of).length;
        expect(count(after)).toBe(count(text));
      }),
      { numRuns: 500 },
    );
  });
});

describe("marks", () => {
  const known = { loras: new Set(["ink"]), embeddings: new Set(["cocoa"]) };
  const kinds = (text: string) =>
    marks(text, known).map((one) => `${one.kind} ${text.slice(one.from, one.to)}`);

  test("weights, and what they stand around", () => {
    expect(kinds("(red:1.2) (dim:0.5)")).toEqual([
      "paren (",
      "strong red",
      "weight :1.2",
      "paren )",
      "paren (",
      "weak dim",
      "weight :0.5",
      "paren )",
    ]);
    expect(kinds("((a):1.2)")).toContain("strong (a)");
    expect(kinds("(:3)")).not.toContain("weight :3");
    expect(kinds("(a")).toEqual(["alone ("]);
    expect(kinds("\\(a\\)")).toEqual([]);
  });

  test("files that are there, and files that are not", () => {
    expect(kinds("<lora:ink:0.8> <lora:gone:1>")).toEqual([
      "lora <lora:ink:0.8>",
      "lora-unknown <lora:gone:1>",
    ]);
    expect(kinds("embedding:cocoa, (embedding:gone:1.2)")).toContain("embedding embedding:cocoa");
    expect(kinds("embedding:cocoa, (embedding:gone:1.2)")).toContain("embedding-unknown embedding:gone");
    expect(marks("<lora:x>", { loras: undefined, embeddings: undefined })[0]?.kind).toBe("lora");
  });

  test("what other studios know and this one reads as words", () => {
    expect(kinds("a BREAK [b]")).toEqual(["plain BREAK", "plain [b]"]);
  });

  test("any text is marked within its bounds, and 100,000 characters at once", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) =>
        marks(text, known).every((one) => 0 <= one.from && one.from <= one.to && one.to <= text.length),
      ),
    );
    for (const long of [
      "(a:1.2) <lora:ink:1> ".repeat(5000),
      "(".repeat(50_000) + ")".repeat(50_000),
      `<lora:${"a".repeat(100_000)}`,
      "(:".repeat(50_000),
      "[".repeat(100_000),
    ]) {
      const began = performance.now();
      marks(long, known);
      expect(performance.now() - began).toBeLessThan(2000);
    }
  });
});

test("places are counted in code points by the API", () => {
  expect(unitsOf("🦊a", 1)).toBe(2);
  expect(unitsOf("abc", 2)).toBe(2);
});

test.each([
  ["", "", "blue", "blue"],
  ["a fox", "", "blue", "a fox, blue"],
  ["a fox,", "", "blue", "a fox, blue"],
  ["a fox ", "", "<lora:ink:0.8>", "a fox <lora:ink:0.8>"],
  ["a fox", "", "<lora:ink:0.8>", "a fox <lora:ink:0.8>"],
  ["", "a fox", "blue", "blue, a fox"],
  ["(", ":1.2)", "blue", "(blue:1.2)"],
])("an insert is apart from what stands around: %s|%s", (left, right, words, after) => {
  const found = joints(left, right, words);
  expect(left + found.before + words + found.after + right).toBe(after);
});
