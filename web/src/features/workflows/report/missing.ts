import type { WorkflowProblem } from "@/api/schema.gen";
import { type Kinds, nodesOf, type RawGraph } from "@/features/workflows/form/graph";

/** What stands in the way of a workflow, by what can be done about it. */
export type Report = {
  /** Classes that are not here → how often. */
  nodes: { name: string; count: number; near: string }[];
  models: { name: string; folder: string; field: string; title: string; near: string }[];
  files: { name: string; field: string; title: string }[];
  /** Wrong values: their place in the form, and a sentence. */
  values: { field: string; title: string; input: string; text: string }[];
  /** What is not connected, or connected wrongly. */
  links: { title: string; input: string; text: string }[];
  whole: string[];
};

const LINKS = new Set(["bad_linked_input", "return_type_mismatch", "required_input_missing"]);
const WRITTEN = new Set(["INT", "FLOAT", "STRING", "BOOLEAN", "COMBO"]);

/** Everything that the studio says is wrong, in heaps: pure. */
export function reportOf(problems: readonly WorkflowProblem[], graph: RawGraph, kinds: Kinds): Report {
  const nodes = nodesOf(graph, kinds);
  const unknown = new Map<string, { count: number; near: string }>();
  for (const node of nodes.values())
    if (!kinds.has(node.classType))
      unknown.set(node.classType, { count: (unknown.get(node.classType)?.count ?? 0) + 1, near: "" });
  const report: Report = { nodes: [], models: [], files: [], values: [], links: [], whole: [] };
  for (const problem of problems) {
    const node = problem.node ? nodes.get(problem.node) : undefined;
    const text = plain(problem);
    if (!node) {
      // Of an unknown class the whole says it as well.
      if (!(unknown.size > 0 && problem.type === "invalid_prompt") && !report.whole.includes(text))
        report.whole.push(text);
      continue;
    }
    const known = unknown.get(node.classType);
    if (known) {
      known.near = suggestions(problem.details ?? "");
      continue;
    }
    const input = kinds.get(node.classType)?.inputs.find((one) => one.name === problem.input);
    const field = `${node.id}.${problem.input ?? ""}`;
    const given = String(node.inputs[problem.input ?? ""] ?? "");
    if (input?.folder && problem.type === "value_not_in_list") {
      if (input.choices)
        report.models.push({
          name: given,
          folder: input.folder,
          field,
          title: node.title,
          near: suggestions(problem.details ?? ""),
        });
      else report.files.push({ name: given, field, title: node.title });
    } else if (input?.folder && !input.choices) report.files.push({ name: given, field, title: node.title });
    else if (!input || (LINKS.has(problem.type) && !WRITTEN.has(input.type)))
      report.links.push({ title: node.title, input: problem.input ?? "", text });
    else report.values.push({ field, title: node.title, input: problem.input ?? "", text });
  }
  report.nodes = [...unknown].map(([name, of]) => ({ name, ...of }));
  return report;
}

/** Is there nothing to see to? */
export const isClear = (report: Report): boolean => Object.values(report).every((heap) => heap.length === 0);

/** Field → what is wrong with its value. */
export const errorsOf = (report: Report): Record<string, string> =>
  Object.fromEntries(report.values.map((one) => [one.field, one.text]));

/** The server's sentence without the name of its input, beginning with a capital. */
function plain(problem: WorkflowProblem): string {
  const text = problem.details || problem.message;
  const name = `${problem.input}: `;
  const rest = problem.input && text.startsWith(name) ? text.slice(name.length) : text;
  return rest.charAt(0).toUpperCase() + rest.slice(1);
}

/** "There are a, b." or "Did you mean a." at the end of a sentence: what could be taken instead; few of them. */
function suggestions(details: string): string {
  const [, meant] = /Did you mean (.+?)[.?]$/.exec(details) ?? [];
  if (meant) return meant;
  const [, there] = /There (?:are|is) ([^.]+(?:\.\w+[^.]*)*)\.$/.exec(details) ?? [];
  const names = there?.split(", ").filter((name) => name !== "…") ?? [];
  return names.length > 0 && names.length <= 5 ? names.join(", ") : "";
}
