import { EditorView } from "@codemirror/view";

/** The editor in the colours of the page's theme: they are variables, so that it follows when the theme changes. */
export const THEME = EditorView.theme({
  "&": {
    borderRadius: "9px",
    border: "1px solid color-mix(in srgb, var(--edge) 60%, transparent)",
    background: "var(--raised)",
    color: "var(--ink)",
    fontSize: "15px",
  },
  "&.cm-focused": { outline: "2px solid var(--accent-ink)", outlineOffset: "1px" },
  ".cm-scroller": { fontFamily: "var(--font-sans, inherit)", lineHeight: "1.5", maxHeight: "16rem" },
  ".cm-content": {
    // How many lines are kept free is its wrapper's to say.
    minHeight: "calc(var(--rows, 3) * 1.5em + 1rem)",
    padding: "0.5rem 0",
    caretColor: "var(--ink)",
  },
  ".cm-line": { padding: "0 0.75rem" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  ".cm-placeholder": { color: "var(--quiet)" },
  ".cm-content ::selection": { background: "color-mix(in srgb, var(--accent) 35%, transparent)" },
  ".cm-paren, .cm-weight": { color: "var(--quiet)" },
  ".cm-weight": { fontVariantNumeric: "tabular-nums" },
  ".cm-strong": { color: "var(--accent-ink)", fontWeight: "600" },
  ".cm-weak": { color: "var(--quiet)", fontStyle: "italic" },
  ".cm-lora, .cm-embedding": {
    color: "var(--good)",
    background: "var(--hover)",
    borderRadius: "4px",
  },
  ".cm-lora-unknown, .cm-embedding-unknown, .cm-alone": {
    color: "var(--bad)",
    textDecoration: "underline wavy var(--bad) 1px",
    textUnderlineOffset: "3px",
  },
  ".cm-plain": { textDecoration: "underline dotted var(--warn) 1.5px", textUnderlineOffset: "3px" },
  ".cm-note-error": { textDecoration: "underline wavy var(--bad) 1px", textUnderlineOffset: "3px" },
  ".cm-note-warning": { textDecoration: "underline dotted var(--warn) 1.5px", textUnderlineOffset: "3px" },
  ".cm-tooltip": {
    border: "1px solid var(--line)",
    borderRadius: "9px",
    background: "var(--raised)",
    color: "var(--ink)",
    boxShadow: "0 8px 24px rgb(0 0 0 / 30%)",
    overflow: "hidden",
  },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { fontFamily: "inherit", maxHeight: "14rem" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": { padding: "0.4rem 0.75rem", lineHeight: "1.4" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]": {
    background: "var(--accent-soft)",
    color: "var(--accent-ink)",
  },
  ".cm-completionDetail": { color: "var(--quiet)", fontStyle: "normal", marginLeft: "0.75rem" },
});
