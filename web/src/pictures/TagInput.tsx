import { X } from "lucide-react";
import { useId, useState } from "react";
import { type Ids, INPUT } from "@/design/Field";
import { useT } from "@/i18n";

const MOST = 50;

/** One's words as a tag: one line, without commas. */
export const asTag = (words: string) =>
  words
    .replace(/[\s\p{Cc}]+/gu, " ")
    .trim()
    .slice(0, 50);

/** Words, each with a way to take it off; new ones are typed, or chosen of those that there are. */
export function TagInput({
  ids,
  tags,
  onChange,
  suggestions,
  placeholder,
  onlyKnown = false,
}: {
  ids?: Ids;
  tags: string[];
  onChange: (tags: string[]) => void;
  suggestions: { name: string; count: number }[];
  placeholder?: string;
  /** May only those be chosen that there are? */
  onlyKnown?: boolean;
}) {
  const t = useT();
  const list = useId();
  const [words, setWords] = useState("");
  const add = (text: string) => {
    // A list that is pasted is several tags.
    const fresh = text
      .split(",")
      .map(asTag)
      .filter((tag) => tag && !tags.includes(tag))
      .filter((tag) => !onlyKnown || suggestions.some((one) => one.name === tag));
    if (fresh.length > 0) onChange([...tags, ...new Set(fresh)].slice(0, MOST));
    setWords("");
  };
  return (
    <div>
      {tags.length > 0 && (
        <ul className="mb-2 flex flex-wrap gap-1.5">
          {tags.map((tag) => (
            <li
              key={tag}
              className="flex max-w-full items-center rounded-full bg-accent-soft pl-3 text-sm text-accent-ink"
            >
              <span className="truncate">{tag}</span>
              <button
                type="button"
                aria-label={t("pictures.tags.remove", { tag })}
                className="grid size-7 shrink-0 place-items-center rounded-full hover:bg-hover"
                onClick={() => onChange(tags.filter((other) => other !== tag))}
              >
                <X size={14} aria-hidden="true" />
              </button>
            </li>
          ))}
        </ul>
      )}
      <input
        {...ids}
        list={list}
        className={INPUT}
        value={words}
        maxLength={600}
        placeholder={placeholder ?? t("pictures.tags.add")}
        onChange={(event) => {
          const text = event.target.value;
          // Chosen of the list, or ended with a comma.
          const chosen =
            suggestions.some((one) => one.name === text) &&
            !suggestions.some((one) => one.name !== text && one.name.startsWith(text));
          if (text.includes(",") || chosen) add(text);
          else setWords(text);
        }}
        onBlur={() => words && add(words)}
        onKeyDown={(event) => {
          if (event.key === "Enter") {
            event.preventDefault();
            add(words);
          } else if (event.key === "Backspace" && words === "") onChange(tags.slice(0, -1));
        }}
      />
      <datalist id={list}>
        {suggestions
          .filter((one) => !tags.includes(one.name))
          .map((one) => (
            <option key={one.name} value={one.name} />
          ))}
      </datalist>
    </div>
  );
}
