import type { Completion, CompletionContext, CompletionResult } from "@codemirror/autocomplete";
import type { Model } from "@/api/schema.gen";

/** Files that go with the checkpoint, for completion. */
export type Files = { loras: readonly Model[]; embeddings: readonly Model[] };

/** Words that call a file, as its author noted them. */
export function triggersOf(model: Model): string[] {
  const { trigger_words: words } = model.details as { trigger_words?: unknown };
  if (!Array.isArray(words)) return [];
  return words.filter((word): word is string => typeof word === "string" && word !== "");
}

const lora = (model: Model): Completion => ({
  label: `<lora:${model.name}:0.8>`,
  displayLabel: model.name,
  type: "lora",
  detail: triggersOf(model).join(", ") || model.base,
});
const embedding = (model: Model): Completion => ({
  label: `embedding:${model.name}`,
  displayLabel: model.name,
  type: "embedding",
  detail: model.base,
});

/** Completion of `<lora:` and `embedding:`, and of both where it is asked for. Matching is on the names. */
export function completing(files: () => Files): (context: CompletionContext) => CompletionResult | null {
  return (context) => {
    const tag = context.matchBefore(/<[^<>\s]*/);
    const word = context.matchBefore(/[\w:.-]+/);
    const named = word && /^embe/i.test(word.text) ? word : null;
    if (!tag && !named && !context.explicit) return null;
    const from = tag?.from ?? word?.from ?? context.pos;
    const typed = (tag ?? word)?.text.replace(/^<?(lora:?)?|^embedding:?/i, "").toLowerCase() ?? "";
    const { loras, embeddings } = files();
    const short = /^<?l?o?r?a?$|^embe?d?d?i?n?g?$/i.test((tag ?? word)?.text ?? "");
    const options = [...(named ? [] : loras.map(lora)), ...(tag ? [] : embeddings.map(embedding))].filter(
      (one) => short || one.displayLabel?.toLowerCase().includes(typed),
    );
    return options.length ? { from, options, filter: false } : null;
  };
}
