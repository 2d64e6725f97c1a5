import { keepPreviousData } from "@tanstack/react-query";
import { $api } from "@/api/client";
import { Skeleton } from "@/design/States";
import { useT } from "@/i18n";
import { places } from "@/jobs/Frame";
import { useSettled } from "@/lib/settled";
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
  const asked = useSettled(text.trim(), 200);
  const { data } = $api.useQuery(
    "get",
    "/api/v1/prompts/suggestions",
    { params: { query: { checkpoint: checkpoint ?? "", text: asked } } },
    {
      // An address has room for so many.
      enabled: checkpoint !== undefined && asked.length <= MOST_PROMPT,
      staleTime: 300_000,
      placeholderData: keepPreviousData,
    },
  );
  const fits = (one: { text: string }) => one.text.length <= MOST_PROMPT && one.text !== text.trim();
  const goesOn = data?.items.filter(fits);
  // A whole prompt goes on with nothing: other ideas then.
  const ideas = $api.useQuery(
    "get",
    "/api/v1/prompts/suggestions",
    { params: { query: { checkpoint: checkpoint ?? "" } } },
    { enabled: goesOn?.length === 0, staleTime: 300_000 },
  ).data?.items;
  const items = (goesOn?.length ? goesOn : goesOn && ideas?.filter(fits))?.slice(0, SHOWN);
  return (
    <section aria-label={text ? t("simple.more") : t("simple.ideas")} className="h-19 overflow-hidden">
      <ul className="flex flex-wrap gap-1.5">
        {items?.map((one) => (
          <li key={one.text} className="max-w-full">
            <button
              type="button"
              onClick={() => onTake(one.text)}
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
