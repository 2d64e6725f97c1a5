import type { EditorView } from "@codemirror/view";

/** Puts words where the cursor is, apart from what stands around as prompts have it: with a comma and a space. */
export function insertWords(view: EditorView, words: string): void {
  const { from, to } = view.state.selection.main;
  const { before, after } = joints(view.state.sliceDoc(0, from), view.state.sliceDoc(to), words);
  const insert = before + words + after;
  view.dispatch({
    changes: { from, to, insert },
    selection: { anchor: from + before.length + words.length },
    userEvent: "input.insert",
    scrollIntoView: true,
  });
  view.focus();
}

/** What goes between an insert and what stands around it. Tags need no comma. */
export function joints(left: string, right: string, words: string): { before: string; after: string } {
  const comma = words.startsWith("<") ? " " : ", ";
  const before = left.trim() === "" || /[(\s]$/.test(left) ? "" : left.endsWith(",") ? " " : comma;
  const after = right.trim() === "" || /^[\s,):]/.test(right) ? "" : comma;
  return { before, after };
}
