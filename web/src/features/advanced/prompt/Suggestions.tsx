import { keepPreviousData } from "@tanstack/react-query";
import { $api } from "@/api/client";
import { useT } from "@/i18n";
import { change, useField } from "../draft/store";
import { useLater } from "../useLater";

const SHOWN = 6;
/** Characters that the API completes. */
const MOST = 500;

/** Words that the checkpoint understands, to begin with or to go on with. */
export function Suggestions() {
  const t = useT();
  const prompt = useField("prompt");
  const checkpoint = useField("model");
  const text = useLater(prompt, 300);
  const { data } = $api.useQuery(
    "get",
    "/api/v1/prompts/suggestions",
    { params: { query: { checkpoint, text } } },
    { enabled: text.length <= MOST, placeholderData: keepPreviousData, staleTime: 600_000, retry: false },
  );
  const items = prompt.length <= MOST ? (data?.items.slice(0, SHOWN) ?? []) : [];
  return (
    <div
      role="group"
      aria-label={t("advanced.suggestions.label")}
      className="flex h-8 min-w-0 flex-1 items-center gap-1.5 overflow-x-auto [scrollbar-width:none]"
    >
      {items.map((one) => (
        <button
          key={one.text}
          type="button"
          className="h-7 shrink-0 rounded-full border border-line px-2.5 text-sm text-quiet hover:bg-hover hover:text-ink"
          onClick={() => change({ prompt: one.text })}
        >
          {one.title}
        </button>
      ))}
    </div>
  );
}
