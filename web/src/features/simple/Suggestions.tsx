import { Skeleton } from "@/design/States";
import { useT } from "@/i18n";
import { places } from "@/jobs/Frame";
import { useSuggestions } from "@/jobs/suggested";
import { MOST_PROMPT } from "./draft";

const SHOWN = 6;

/** Whole prompts where nothing was written, else how it may go on: words that this checkpoint knows. Always as high. */
export function Suggestions({
  checkpoint,
  text,
  onTake,
}: {
  checkpoint: string | undefined;
  text: string;
  onTake: (text: string) => void;
}) {
  const t = useT();
  const { items: found, current, take } = useSuggestions(checkpoint, text);
  const fits = (one: { text: string }) => one.text.length <= MOST_PROMPT;
  const goesOn = found?.filter(fits);
  // A whole prompt goes on with nothing: other ideas then.
  const whole = current && goesOn?.length === 0;
  const { items: ideas } = useSuggestions(whole ? checkpoint : undefined, "");
  const items = (whole ? ideas?.filter((one) => fits(one) && one.text !== text.trim()) : goesOn)?.slice(
    0,
    SHOWN,
  );
  return (
    <section aria-label={text ? t("simple.more") : t("simple.ideas")} className="h-19 overflow-hidden">
      <ul className="flex flex-wrap gap-1.5">
        {items?.map((one) => (
          <li key={one.text} className="max-w-full">
            <button
              type="button"
              onClick={() => {
                take(one.text);
                onTake(one.text);
              }}
              className="block h-8.5 max-w-full truncate rounded-full border border-line bg-surface px-3 text-sm text-quiet hover:border-edge hover:text-ink"
            >
              {one.title}
            </button>
          </li>
        ))}
        {!items &&
          places(3).map((place) => (
            <li key={place}>
              <Skeleton className="h-8.5 w-40 rounded-full!" />
            </li>
          ))}
      </ul>
    </section>
  );
}
