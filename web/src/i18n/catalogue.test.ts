import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { expect, test, vi } from "vitest";
import { en } from "@/i18n/en";

// Every file is read and parsed: seconds on a busy machine.
vi.setConfig({ testTimeout: 60_000 });
const ROOT = join(import.meta.dirname, "..");
/** Attributes whose words people see or hear. */
const SAID = new Set([
  "alt",
  "aria-label",
  "aria-description",
  "aria-roledescription",
  "label",
  "placeholder",
  "title",
  "text",
  "description",
  "explain",
  "note",
]);
const WORD = /\p{L}{2,}/u;

const files = readdirSync(ROOT, { recursive: true, encoding: "utf8" })
  .filter((path) => /\.tsx?$/.test(path) && !/\.test\.tsx?$|\.gen\.ts$|^i18n\/en\/|^testing\//.test(path))
  .map((path) => ({ path, text: readFileSync(join(ROOT, path), "utf8") }));

/** Words in the markup of a file that are in no catalogue. */
function literals({ path, text }: { path: string; text: string }): string[] {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX);
  const found: string[] = [];
  const say = (node: ts.Node, words: string) => {
    const { line } = source.getLineAndCharacterOfPosition(node.getStart());
    found.push(`${path}:${line + 1}: ${words.trim()}`);
  };
  const visit = (node: ts.Node): void => {
    if (ts.isJsxText(node) && WORD.test(node.text)) say(node, node.text);
    if (ts.isJsxAttribute(node) && SAID.has(node.name.getText())) {
      const value = node.initializer;
      if (value && ts.isStringLiteral(value) && WORD.test(value.text)) say(node, value.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** The catalogue's names, without the endings of plurals. */
function names(of: object, prefix = ""): string[] {
  return Object.entries(of).flatMap(([key, value]) =>
    typeof value === "string"
      ? [`${prefix}${key.replace(/_(one|other)$/, "")}`]
      : names(value as object, `${prefix}${key}.`),
  );
}

test("every word that people see is in the catalogue", () => {
  const shown = files.filter(({ path }) => path.endsWith(".tsx") && !path.startsWith("features/design"));
  expect(shown.length).toBeGreaterThan(20);
  expect(shown.flatMap(literals)).toEqual([]);
});

test("the catalogue holds nothing that nobody shows", () => {
  const code = files.map(({ text }) => text).join("\n");
  // `onboarding.${step}.title` shows all that it may stand for.
  const made = [...code.matchAll(/`([a-z][\w.]*\.(?:\$\{[^}]+\}[\w.]*)+)`/gi)].map(
    ([, pattern = ""]) => new RegExp(`^${pattern.replaceAll(".", "\\.").replace(/\$\{[^}]+\}/g, ".+")}$`),
  );
  const unused = [...new Set(names(en))].filter(
    (name) => !code.includes(`"${name}"`) && !made.some((pattern) => pattern.test(name)),
  );
  expect(unused).toEqual([]);
});
