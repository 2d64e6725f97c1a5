import type { Field, Form, Value } from "@/features/workflows/form/field";
import type { RawGraph } from "@/features/workflows/form/graph";

/** What was typed into a form: field id → value. What is not in it is as the workflow says. */
export type Draft = Record<string, Value>;
/** Node → input → value, as `POST /workflows/{id}/run` takes it. */
export type Overrides = Record<string, Record<string, Value>>;

export const fieldsIn = (form: Form): Field[] => [...form.main, ...form.rest.flatMap((one) => one.fields)];

/** A value as a field can take it, brought into its range; undefined where it can be none of the field's. */
export function accepted(field: Field, value: unknown): Value | undefined {
  switch (field.widget) {
    case "switch":
      return typeof value === "boolean" ? value : undefined;
    case "seed":
    case "number": {
      if (typeof value !== "number" || !Number.isFinite(value)) return undefined;
      // There is one zero.
      const kept = Math.min(field.max, Math.max(field.min, value)) + 0;
      if (!field.whole) return kept;
      // Rounding must not lead out of a range whose ends are no whole numbers.
      return Math.min(Math.floor(field.max), Math.max(Math.ceil(field.min), Math.round(kept))) + 0;
    }
    case "choice":
      return typeof value === "string" && field.options.includes(value) ? value : undefined;
    default:
      // One that is too long stays as it was written: the studio says so at the field.
      return typeof value === "string" && !value.includes("\0") ? value : undefined;
  }
}

/** What a field shows: what was typed, where the field can take it, else what the workflow says. */
export const shown = (field: Field, draft: Draft): Value | undefined =>
  (field.id in draft ? accepted(field, draft[field.id]) : undefined) ?? field.value;

/** Only what is another than the workflow says: what nobody touched stays, to the last digit, what it is in the file. */
export function overridesOf(form: Form, draft: Draft): Overrides {
  const found = new Map<string, [string, Value][]>();
  for (const field of fieldsIn(form)) {
    const value = shown(field, draft);
    if (value === undefined || value === field.value) continue;
    found.set(field.node, [...(found.get(field.node) ?? []), [field.name, value]]);
  }
  // Not by assignment: a node of a file may be called __proto__.
  return Object.fromEntries([...found].map(([node, values]) => [node, Object.fromEntries(values)]));
}

/** A graph with these values in it; the graph itself stays as it is. */
export function withValues(graph: RawGraph, overrides: Overrides): RawGraph {
  return Object.fromEntries(
    Object.entries(graph).map(([id, node]) => {
      if (!Object.hasOwn(overrides, id)) return [id, node];
      const { inputs, ...rest } = node as { inputs?: object };
      return [id, { ...rest, inputs: { ...inputs, ...overrides[id] } }];
    }),
  );
}

/** Fields that nothing runs without and that have nothing yet. */
export const missing = (form: Form, draft: Draft): Field[] =>
  fieldsIn(form).filter((field) => {
    const value = shown(field, draft);
    // A text may be empty; there is no picture without a name.
    const blank = value === "" && ["picture", "file", "choice"].includes(field.widget);
    return field.required && (value === undefined || blank);
  });

/** A seed that no one has chosen: whole, and exact in every JSON reader. */
export const randomSeed = (): number => {
  const [high = 0, low = 0] = crypto.getRandomValues(new Uint32Array(2));
  return (high % 2 ** 21) * 2 ** 32 + low;
};
