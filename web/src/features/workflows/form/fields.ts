import type { NodeInput } from "@/api/schema.gen";
import { isMain, rank } from "@/features/workflows/form/choose";
import type { Field, Form, Value } from "@/features/workflows/form/field";
import {
  type GraphNode,
  type Kinds,
  linkTo,
  neededOf,
  nodesOf,
  type RawGraph,
  takersOf,
} from "@/features/workflows/form/graph";
import { roleOf } from "@/features/workflows/form/roles";

/** Types whose values can be written into a graph; all others are links. */
const WRITTEN = new Set(["INT", "FLOAT", "STRING", "BOOLEAN", "COMBO"]);
const SEEDS = new Set(["seed", "noise_seed", "variation_seed"]);
/** Inputs that say nothing of what they are for: the value of a node that only holds one. */
const BARE = new Set(["value", "number", "int", "float", "string", "text_value"]);
const MOST_WHOLE = Number.MAX_SAFE_INTEGER;

/** The form of a graph: pure. Every value of a known node that no other node gives is in it, once. */
export function formOf(graph: RawGraph, kinds: Kinds): Form {
  const nodes = nodesOf(graph, kinds);
  const takers = takersOf(nodes);
  const needed = new Set(neededOf(nodes, kinds));
  const unknown = new Map<string, string[]>();
  const main: { field: Field; rank: number }[] = [];
  const rest: Form["rest"] = [];
  for (const node of nodes.values()) {
    const kind = kinds.get(node.classType);
    if (!kind) {
      unknown.set(node.classType, [...(unknown.get(node.classType) ?? []), node.id]);
      continue;
    }
    const others: Field[] = [];
    for (const input of kind.inputs) {
      const given = node.inputs[input.name];
      if (!WRITTEN.has(input.type) || linkTo(given) !== undefined || isList(given)) continue;
      const role = roleOf(node, input, nodes, takers, BARE);
      const field = fieldOf(node, input, given, role);
      if (needed.has(node.id) && isMain(field, role, kind)) main.push({ field, rank: rank(field, role) });
      else others.push(field);
    }
    if (others.length > 0) rest.push({ group: node.title, node: node.id, fields: others });
  }
  main.sort((a, b) => a.rank - b.rank);
  const times = new Map<string, number>();
  for (const one of rest) times.set(one.group, (times.get(one.group) ?? 0) + 1);
  const alike = (group: string) => (times.get(group) ?? 0) > 1;
  return {
    main: apart(main.map((one) => one.field)),
    rest: rest.map((one) => (alike(one.group) ? { ...one, group: `${one.group} #${one.node}` } : one)),
    unknown,
  };
}

function fieldOf(node: GraphNode, input: NodeInput, given: unknown, role: string): Field {
  const widget = widgetOf(input, role);
  const whole = input.type === "INT";
  const least = input.min ?? (whole ? -MOST_WHOLE : -1e9);
  const most = input.max ?? (whole ? MOST_WHOLE : 1e9);
  const options = input.choices ?? [];
  const value = named(written(given, input) ?? written(input.default, input), options);
  return {
    id: `${node.id}.${input.name}`,
    node: node.id,
    name: input.name,
    role,
    of: "",
    group: node.title,
    widget,
    value,
    whole,
    min: whole ? Math.max(least, -MOST_WHOLE) : least,
    max: whole ? Math.min(most, MOST_WHOLE) : most,
    step: input.step && input.step > 0 ? input.step : whole ? 1 : 0.01,
    multiline: input.multiline ?? false,
    options,
    required: !input.optional && (input.default ?? null) === null,
    explain: input.tooltip ?? "",
  };
}

function widgetOf(input: NodeInput, role: string): Field["widget"] {
  if (input.type === "BOOLEAN") return "switch";
  if (input.type === "STRING")
    return role === "prompt" || role === "negative_prompt" || (input.multiline && input.name === "text")
      ? "prompt"
      : "text";
  if (input.type === "COMBO") {
    if (input.choices) return "choice";
    return input.folder === "input" ? "picture" : "file";
  }
  return input.type === "INT" && (SEEDS.has(input.name) || SEEDS.has(role)) ? "seed" : "number";
}

/** What a graph says as a value of its input's type, as the studio converts it; undefined where it is none. */
function written(given: unknown, input: NodeInput): Value | undefined {
  if (given === null || given === undefined || typeof given === "object") return undefined;
  switch (input.type) {
    case "BOOLEAN":
      return given === "false" ? false : Boolean(given);
    case "INT":
    case "FLOAT": {
      const number = typeof given === "string" && given.trim() === "" ? Number.NaN : Number(given);
      if (!Number.isFinite(number)) return undefined;
      return (input.type === "INT" ? Math.trunc(number) : number) + 0;
    }
    default:
      return String(given);
  }
}

/** Files name networks with their ending, the studio without: one of its choices where that is all that differs. */
function named(value: Value | undefined, options: string[]): Value | undefined {
  if (typeof value !== "string" || options.includes(value)) return value;
  const bare = value.replace(/\.(safetensors|ckpt|pth)$/, "");
  return options.includes(bare) ? bare : value;
}

/** A list as a value (`{"__value__": […]}`), or a link that leads to nothing that can be one: no field can show it. */
const isList = (given: unknown): boolean => typeof given === "object" && given !== null;

/** Fields that would be called alike say which node they are of, by its number where titles are alike as well. */
function apart(fields: Field[]): Field[] {
  const times = (of: (field: Field) => string) => {
    const found = new Map<string, number>();
    for (const field of fields) found.set(of(field), (found.get(of(field)) ?? 0) + 1);
    return (field: Field) => found.get(of(field)) ?? 0;
  };
  const byRole = times((field) => field.role);
  const byBoth = times((field) => `${field.role} ${field.group}`);
  return fields.map((field) => {
    if (byRole(field) < 2) return field;
    return { ...field, of: byBoth(field) < 2 ? field.group : `${field.group} #${field.node}` };
  });
}
