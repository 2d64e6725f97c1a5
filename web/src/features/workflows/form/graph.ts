import type { NodeKind } from "@/api/schema.gen";

/** One node of a graph as ComfyUI's API has it, read with doubt: files come from anywhere. */
export type GraphNode = { id: string; classType: string; title: string; inputs: Record<string, unknown> };
export type Kinds = ReadonlyMap<string, NodeKind>;

/** A graph as the API hands it out; its types know nothing of what is in a node. */
export type RawGraph = Record<string, unknown>;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export const kindsByName = (kinds: readonly NodeKind[]): Kinds =>
  new Map(kinds.map((kind) => [kind.class_type, kind]));

/** The nodes of a graph in its own order, called by their title, else by that of their class. What is no node is left out. */
export function nodesOf(graph: RawGraph, kinds: Kinds): Map<string, GraphNode> {
  const found = new Map<string, GraphNode>();
  for (const [id, raw] of Object.entries(graph)) {
    if (!isObject(raw) || typeof raw.class_type !== "string") continue;
    const own = isObject(raw._meta) && typeof raw._meta.title === "string" ? raw._meta.title.trim() : "";
    found.set(id, {
      id,
      classType: raw.class_type,
      title: own || kinds.get(raw.class_type)?.title || spaced(raw.class_type),
      inputs: isObject(raw.inputs) ? raw.inputs : {},
    });
  }
  return found;
}

/** "VAEDecodeTiled" → "VAE Decode Tiled": a class that nobody knows is called so. */
export const spaced = (name: string): string =>
  name.replaceAll(/(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/g, " ").replaceAll("_", " ");

/** The node that a value leads to; undefined where it is no link. */
export function linkTo(value: unknown): string | undefined {
  return Array.isArray(value) &&
    value.length === 2 &&
    typeof value[0] === "string" &&
    Number.isInteger(value[1])
    ? value[0]
    : undefined;
}

/** Node → those that take from it, and as which input. */
export function takersOf(
  nodes: ReadonlyMap<string, GraphNode>,
): Map<string, { node: string; input: string }[]> {
  const takers = new Map<string, { node: string; input: string }[]>();
  for (const node of nodes.values())
    for (const [input, value] of Object.entries(node.inputs)) {
      const from = linkTo(value);
      if (from === undefined || !nodes.has(from)) continue;
      const known = takers.get(from);
      if (known) known.push({ node: node.id, input });
      else takers.set(from, [{ node: node.id, input }]);
    }
  return takers;
}

/** Nodes that some output needs, each after what it needs itself; all of them where nothing hands anything out. */
export function neededOf(nodes: ReadonlyMap<string, GraphNode>, kinds: Kinds): string[] {
  const outputs = [...nodes.values()].filter((node) => kinds.get(node.classType)?.output_node);
  const order = new Set<string>();
  const seen = new Set<string>();
  const waiting = (outputs.length > 0 ? outputs : [...nodes.values()]).map((node) => node.id).reverse();
  while (waiting.length > 0) {
    const id = waiting[waiting.length - 1] ?? "";
    const before = seen.has(id)
      ? []
      : sources(nodes.get(id)).filter((one) => nodes.has(one) && !seen.has(one));
    if (seen.has(id) || before.length === 0) {
      waiting.pop();
      order.add(id);
    } else waiting.push(...before.reverse());
    seen.add(id);
  }
  return [...order];
}

const sources = (node: GraphNode | undefined): string[] =>
  Object.values(node?.inputs ?? {})
    .map(linkTo)
    .filter((id) => id !== undefined);
