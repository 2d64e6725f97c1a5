import { useT } from "@/i18n";
import { useSuggestions } from "@/jobs/suggested";
import { change, useField } from "../draft/store";

const SHOWN = 6;

/** Words that the checkpoint understands, to begin with or to go on with. */
export function Suggestions() {
  const t = useT();
  const prompt = useField("prompt");
  const checkpoint = useField("model");
  const { items, take } = useSuggestions(checkpoint, prompt);
  return (
    <div
      role="group"
      aria-label={t("advanced.suggestions.label")}
      className="flex h-8 min-w-0 flex-1 items-center gap-1.5 overflow-x-auto [scrollbar-width:none]"
    >
      {items?.slice(0, SHOWN).map((one) => (
        <button
          key={one.text}
          type="button"
          className="h-7 shrink-0 rounded-full border border-line px-2.5 text-sm text-quiet hover:bg-hover hover:text-ink"
          onClick={() => {
            take(one.text);
            change({ prompt: one.text });
          }}
        >
          {one.title}
        </button>
      ))}
    </div>
  );
}
