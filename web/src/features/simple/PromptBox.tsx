import { X } from "lucide-react";
import type { Ref } from "react";
import { IconButton } from "@/design/Button";
import { cx } from "@/design/cx";
import { Field, INPUT } from "@/design/Field";
import { useT } from "@/i18n";
import { MOST_PROMPT } from "./draft";

/** The words, with what is left of their room. */
export function PromptBox({
  input,
  value,
  onChange,
  onSubmit,
  error,
}: {
  input: Ref<HTMLTextAreaElement>;
  value: string;
  onChange: (value: string) => void;
  onSubmit: () => void;
  error?: string | undefined;
}) {
  const t = useT();
  const near = value.length > MOST_PROMPT * 0.9;
  const long = value.length > MOST_PROMPT;
  return (
    <Field
      label={t("simple.prompt")}
      error={long ? t("simple.long", { count: value.length, most: MOST_PROMPT }) : error}
    >
      {(ids) => (
        <div className="relative">
          <textarea
            {...ids}
            ref={input}
            rows={3}
            value={value}
            placeholder={t("simple.placeholder")}
            autoComplete="off"
            enterKeyHint="done"
            className={cx(INPUT, "block resize-none pb-7 pr-11 text-base")}
            onChange={(event) => onChange(event.target.value)}
            onKeyDown={(event) => {
              if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
                event.preventDefault();
                // A key that is held is one press.
                if (!event.repeat) onSubmit();
              }
            }}
          />
          <span
            className={cx(
              "pointer-events-none absolute right-3 bottom-2 text-xs tabular-nums",
              long ? "text-bad" : near ? "text-warn" : "text-quiet",
            )}
          >
            <span aria-hidden="true">
              {value.length}/{MOST_PROMPT}
            </span>
            <span className="sr-only" role={near ? "status" : undefined}>
              {t("simple.counter", { count: value.length, most: MOST_PROMPT })}
            </span>
          </span>
          {value && (
            <IconButton
              label={t("simple.clear")}
              className="absolute! top-1 right-1"
              onClick={(event) => {
                onChange("");
                event.currentTarget.parentElement?.querySelector("textarea")?.focus();
              }}
            >
              <X size={16} aria-hidden="true" />
            </IconButton>
          )}
        </div>
      )}
    </Field>
  );
}
