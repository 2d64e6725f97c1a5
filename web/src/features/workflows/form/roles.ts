import type { NodeInput } from "@/api/schema.gen";
import type { GraphNode } from "@/features/workflows/form/graph";

type Takers = ReadonlyMap<string, readonly { node: string; input: string }[]>;

/**
 * What an input is for, told by where its value goes: a text that reaches a sampler's `negative` is a negative prompt,
 * a bare number that is linked to `steps` are steps. Else the input's name.
 */
export function roleOf(
  node: GraphNode,
  input: NodeInput,
  nodes: ReadonlyMap<string, GraphNode>,
  takers: Takers,
  bare: ReadonlySet<string>,
): string {
  const next = takers.get(node.id) ?? [];
  if (input.type === "STRING") {
    const reached = endsOf(node.id, nodes, takers);
    if (reached.has("positive")) return "prompt";
    if (reached.has("negative")) return "negative_prompt";
  }
  if (!bare.has(input.name)) return input.name;
  const names = new Set(next.map((one) => one.input));
  const [only] = names;
  return names.size === 1 && only !== undefined ? only : input.name;
}

/** `positive`, `negative`: the conditionings that something of a node reaches. What else is between does not matter. */
function endsOf(from: string, nodes: ReadonlyMap<string, GraphNode>, takers: Takers): Set<string> {
  const ends = new Set<string>();
  const seen = new Set([from]);
  const waiting = [from];
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop())
    for (const { node, input } of takers.get(id) ?? []) {
      if (input === "positive" || input === "negative") ends.add(input);
      else if (input === "conditioning" && /Guider$/.test(nodes.get(node)?.classType ?? ""))
        ends.add("positive");
      else if (/^(samples|images?|pixels|latent_image|model|vae|mask)$/.test(input)) continue;
      else if (!seen.has(node)) {
        seen.add(node);
        waiting.push(node);
      }
    }
  return ends;
}
