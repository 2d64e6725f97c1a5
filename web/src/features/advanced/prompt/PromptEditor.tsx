import { lazy, Suspense } from "react";
import { INPUT } from "@/design/Field";
import type { EditorProps } from "./CodeEditor";

const CodeEditor = lazy(() => import("./CodeEditor"));

/** A prompt's editor; until its code is there, a text box of the same size that takes what is typed. */
export function PromptEditor(props: EditorProps) {
  const { id, label, value, onChange, hint, rows } = props;
  return (
    <Suspense
      fallback={
        <textarea
          id={id}
          aria-label={label}
          className={`${INPUT} block resize-none leading-normal`}
          style={{ minHeight: `calc(${rows * 1.5}em + 1rem + 2px)` }}
          placeholder={hint}
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
      }
    >
      <CodeEditor {...props} />
    </Suspense>
  );
}
