import type { EditorView } from "@codemirror/view";
import { Minus, Plus, WandSparkles } from "lucide-react";
import { useCallback, useMemo, useRef } from "react";
import { IconButton } from "@/design/Button";
import { Field } from "@/design/Field";
import { Menu, type MenuEntry } from "@/design/Menu";
import { useT } from "@/i18n";
import { useNames } from "../choices";
import { MOST } from "../draft/draft";
import { change, useField } from "../draft/store";
import { useErrors } from "../errors";
import { insertWords } from "./inserts";
import { PromptEditor } from "./PromptEditor";
import { TokenCount } from "./TokenCount";
import { useTokens } from "./useTokens";

const SHOWN = 12;
const NO_NOTES: never[] = [];

/** The prompt, or what to keep away from: editor, count of tokens, quick inserts, and what is wrong in it. */
export function PromptField({
  name,
  rows,
  suggestion,
}: {
  name: "prompt" | "negative_prompt";
  rows: number;
  /** Words that the checkpoint's makers put there. */
  suggestion?: string | undefined;
}) {
  const t = useT();
  const value = useField(name);
  const model = useField("model");
  const told = useErrors()[name];
  const { known, files } = useNames(model);
  const tokens = useTokens(model, value);
  const view = useRef<EditorView | null>(null);
  const onReady = useCallback((ready: EditorView | null) => {
    view.current = ready;
  }, []);
  const onChange = useCallback((text: string) => change({ [name]: text }), [name]);
  // What is said of an older text would stand under other words.
  const notes = tokens.data?.of === value ? tokens.data.syntax : NO_NOTES;
  // The same is said there, at its words.
  const error = notes.some((note) => note.severity === "error") ? undefined : told;
  const label = t(name === "prompt" ? "advanced.prompt.label" : "advanced.prompt.negative");
  const long = value.length > MOST.prompt;

  const weigh = async (steps: number) => {
    const { weigh: change } = await import("./CodeEditor");
    if (view.current) {
      change(view.current, steps);
      view.current.focus();
    }
  };
  const entries = useMemo<MenuEntry[]>(() => {
    const insert = (words: string) => () => {
      // After the menu has given the focus back.
      setTimeout(() => view.current && insertWords(view.current, words));
    };
    return [
      ...(suggestion
        ? [{ label: t("advanced.prompt.usual"), note: suggestion, onSelect: insert(suggestion) }]
        : []),
      ...files.loras.slice(0, SHOWN).map((one) => ({
        label: one.name,
        note: t("advanced.prompt.lora"),
        onSelect: insert(`<lora:${one.name}:0.8>`),
      })),
      ...(files.loras.length && files.embeddings.length ? ["line" as const] : []),
      ...files.embeddings.slice(0, SHOWN).map((one) => ({
        label: one.name,
        note: t("advanced.prompt.embedding"),
        onSelect: insert(`embedding:${one.name}`),
      })),
    ];
  }, [files, suggestion, t]);

  return (
    <Field
      label={label}
      explain={t(name === "prompt" ? "advanced.prompt.explain" : "advanced.prompt.negativeExplain")}
      error={
        error ?? (long ? t("advanced.prompt.long", { count: value.length, most: MOST.prompt }) : undefined)
      }
      note={
        notes.length > 0 ? (
          <span className="flex flex-col gap-0.5">
            {notes.map((note) => (
              <span
                key={`${note.start}-${note.message}`}
                className={note.severity === "error" ? "text-bad" : "text-warn"}
              >
                {note.message}
              </span>
            ))}
          </span>
        ) : undefined
      }
      aside={
        <>
          <IconButton className="size-7!" label={t("advanced.prompt.lighter")} onClick={() => void weigh(-1)}>
            <Minus size={15} aria-hidden="true" />
          </IconButton>
          <IconButton className="size-7!" label={t("advanced.prompt.heavier")} onClick={() => void weigh(1)}>
            <Plus size={15} aria-hidden="true" />
          </IconButton>
          {entries.length > 0 && (
            <Menu
              trigger={
                <button
                  type="button"
                  aria-label={t("advanced.prompt.insert", { name: label })}
                  title={t("advanced.prompt.insert", { name: label })}
                  className="grid size-7 place-items-center rounded-control hover:bg-hover hover:text-ink"
                >
                  <WandSparkles size={15} aria-hidden="true" />
                </button>
              }
              entries={entries}
            />
          )}
          <TokenCount counted={tokens.data} stale={tokens.isPlaceholderData || tokens.data?.of !== value} />
        </>
      }
    >
      {(ids) => (
        <PromptEditor
          id={ids.id}
          label={label}
          describedBy={ids["aria-describedby"]}
          invalid={Boolean(told) || long}
          value={value}
          onChange={onChange}
          known={known}
          files={files}
          notes={notes}
          hint={t(name === "prompt" ? "advanced.prompt.hint" : "advanced.prompt.negativeHint")}
          rows={rows}
          onReady={onReady}
        />
      )}
    </Field>
  );
}
