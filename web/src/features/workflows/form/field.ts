/** What a person can set of a workflow: one value of one node. */
export type Field = {
  /** `node.input`: unique in a form. */
  id: string;
  node: string;
  name: string;
  /** What it is for, which it is called by: "negative_prompt"; the input's name where nothing tells more. */
  role: string;
  /** What tells it from others of that role; empty where it is the only one. */
  of: string;
  /** The node's title: what the field belongs to. */
  group: string;
  widget: "prompt" | "text" | "seed" | "number" | "choice" | "switch" | "picture" | "file";
  /** What the workflow says; undefined where it says nothing and there is no default. */
  value: Value | undefined;
  /** Of numbers. */
  whole: boolean;
  min: number;
  max: number;
  step: number;
  multiline: boolean;
  /** Of a choice. */
  options: string[];
  /** Nothing runs without a value. */
  required: boolean;
  explain: string;
};

export type Value = string | number | boolean;

/** A form: what most people change, and all the rest by node. */
export type Form = {
  main: Field[];
  rest: { group: string; node: string; fields: Field[] }[];
  /** Classes that this studio does not have → nodes of them. */
  unknown: Map<string, string[]>;
};
