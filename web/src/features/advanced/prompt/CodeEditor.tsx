import { autocompletion, closeCompletion, completionStatus, startCompletion } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { Compartment, EditorState, Prec, StateEffect, StateField } from "@codemirror/state";
import { Decoration, type DecorationSet, EditorView, keymap, placeholder } from "@codemirror/view";
import { type CSSProperties, useEffect, useRef } from "react";
import type { SyntaxNote } from "@/api/schema.gen";
import { NONCE } from "@/app/nonce";
import { completing, type Files } from "./complete";
import { type Known, marks, unitsOf } from "./marks";
import { THEME } from "./theme";
import { reweigh } from "./weights";

export type EditorProps = {
  id: string;
  label: string;
  value: string;
  onChange: (value: string) => void;
  known: Known;
  files: Files;
  notes: readonly SyntaxNote[];
  hint: string;
  /** The id of what explains it. */
  describedBy?: string | undefined;
  invalid?: boolean | undefined;
  rows: number;
  /** Where the view is handed out, for buttons around it. */
  onReady: (view: EditorView | null) => void;
};

const learned = StateEffect.define<Known>();
const told = StateEffect.define<readonly SyntaxNote[]>();

/** Of texts that no checkpoint takes nothing is marked: they stay quick to edit. */
const MARKED = 20_000;

const decorate = (text: string, known: Known): DecorationSet =>
  text.length > MARKED
    ? Decoration.none
    : Decoration.set(
        marks(text, known)
          .filter((one) => one.from < one.to)
          .map((one) => Decoration.mark({ class: `cm-${one.kind}` }).range(one.from, one.to)),
        true,
      );

const highlighting = StateField.define<{ known: Known; set: DecorationSet }>({
  create: (state) => {
    const known: Known = { loras: undefined, embeddings: undefined };
    return { known, set: decorate(state.doc.toString(), known) };
  },
  update: (now, transaction) => {
    let { known } = now;
    for (const effect of transaction.effects) if (effect.is(learned)) known = effect.value;
    return transaction.docChanged || known !== now.known
      ? { known, set: decorate(transaction.newDoc.toString(), known) }
      : now;
  },
  provide: (field) => EditorView.decorations.from(field, (now) => now.set),
});

/** What the studio says of the text, under the words that it is about. */
const underlining = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update: (set, transaction) => {
    let next = set.map(transaction.changes);
    for (const effect of transaction.effects) {
      if (!effect.is(told)) continue;
      const text = transaction.newDoc.toString();
      const ranges = effect.value
        .map((note) => ({ note, from: unitsOf(text, note.start), to: unitsOf(text, note.end) }))
        .filter(({ from, to }) => from < to)
        .map(({ note, from, to }) =>
          Decoration.mark({ class: `cm-note-${note.severity}`, attributes: { title: note.message } }).range(
            from,
            to,
          ),
        );
      next = Decoration.set(ranges, true);
    }
    return next;
  },
  provide: (field) => EditorView.decorations.from(field),
});

/** Changes the weight of what is selected; always handled, so that the cursor never jumps instead. */
export function weigh(view: EditorView, steps: number): boolean {
  const { from, to } = view.state.selection.main;
  const edit = reweigh(view.state.doc.toString(), from, to, steps);
  if (edit)
    view.dispatch({
      changes: { from: edit.from, to: edit.to, insert: edit.insert },
      selection: { anchor: edit.select[0], head: edit.select[1] },
      userEvent: "input.weight",
      scrollIntoView: true,
    });
  return true;
}

/** A prompt in CodeMirror. Loaded when a page shows it; before, `PromptEditor` shows a plain text box. */
export default function CodeEditor(props: EditorProps) {
  const place = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const latest = useRef(props);
  latest.current = props;
  const outside = useRef(new Compartment());

  useEffect(() => {
    if (!place.current) return;
    const made = new EditorView({
      parent: place.current,
      state: EditorState.create({
        doc: latest.current.value,
        extensions: [
          EditorView.cspNonce.of(NONCE),
          Prec.highest(
            keymap.of([
              { key: "Mod-ArrowUp", run: (editor) => weigh(editor, 1) },
              { key: "Mod-ArrowDown", run: (editor) => weigh(editor, -1) },
              // The page submits by it.
              { key: "Mod-Enter", run: () => true },
              {
                key: "Escape",
                run: (editor) => completionStatus(editor.state) !== null && closeCompletion(editor),
              },
            ]),
          ),
          history(),
          keymap.of([...historyKeymap, ...defaultKeymap, { key: "Ctrl-Space", run: startCompletion }]),
          autocompletion({
            override: [completing(() => latest.current.files)],
            icons: false,
            maxRenderedOptions: 50,
          }),
          EditorView.lineWrapping,
          placeholder(latest.current.hint),
          highlighting,
          underlining,
          THEME,
          outside.current.of(attributes(latest.current)),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) latest.current.onChange(update.state.doc.toString());
          }),
        ],
      }),
    });
    view.current = made;
    latest.current.onReady(made);
    return () => {
      latest.current.onReady(null);
      made.destroy();
      view.current = null;
    };
  }, []);

  const { value, known, notes, label, id, describedBy, invalid, rows } = props;
  useEffect(() => {
    const editor = view.current;
    if (editor && editor.state.doc.toString() !== value)
      editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: value } });
  }, [value]);
  useEffect(() => view.current?.dispatch({ effects: learned.of(known) }), [known]);
  useEffect(() => view.current?.dispatch({ effects: told.of(notes) }), [notes]);
  useEffect(
    () =>
      view.current?.dispatch({
        effects: outside.current.reconfigure(attributes({ label, id, describedBy, invalid })),
      }),
    [label, id, describedBy, invalid],
  );
  return <div ref={place} style={{ "--rows": rows } as CSSProperties} />;
}

type Outside = Pick<EditorProps, "label" | "id" | "describedBy" | "invalid">;
const attributes = ({ label, id, describedBy, invalid }: Outside) => [
  EditorView.contentAttributes.of({
    id,
    "aria-label": label,
    "aria-multiline": "true",
    ...(describedBy ? { "aria-describedby": describedBy } : {}),
    ...(invalid ? { "aria-invalid": "true" } : {}),
    spellcheck: "true",
  }),
];
