import { useId } from "react";
import type { Style } from "@/api/schema.gen";
import { Skeleton } from "@/design/States";
import { useT } from "@/i18n";
import { places } from "@/jobs/Frame";

const CARD = "w-24 shrink-0 snap-start lg:w-auto";

/** Ways to paint, each with what it painted. A strip for fingers, a grid where there is room. */
export function StylePicker({
  styles,
  value,
  onChange,
}: {
  /** undefined: on their way. */
  styles: Style[] | undefined;
  value: string | undefined;
  onChange: (name: string) => void;
}) {
  const t = useT();
  const name = useId();
  return (
    <fieldset className="min-w-0">
      <legend className="mb-1.5 text-sm font-medium">{t("simple.style")}</legend>
      <div className="-mx-4 flex snap-x scroll-px-4 gap-2 overflow-x-auto px-4 py-1 sm:-mx-6 sm:scroll-px-6 sm:px-6 lg:mx-0 lg:grid lg:grid-cols-5 lg:overflow-visible lg:px-0">
        {styles?.map((style) => (
          <label key={style.name} className={`${CARD} group relative cursor-pointer`}>
            <input
              type="radio"
              name={name}
              value={style.name}
              checked={style.name === value}
              onChange={() => onChange(style.name)}
              className="peer absolute inset-0 size-full cursor-pointer appearance-none rounded-control outline-offset-2"
            />
            <span className="pointer-events-none block overflow-hidden rounded-control border-2 border-transparent bg-hover ring-line group-hover:border-edge peer-checked:border-accent!">
              <img
                src={style.thumbnail}
                alt=""
                width={128}
                height={128}
                decoding="async"
                className="aspect-square w-full rounded-[7px] object-cover"
              />
            </span>
            <span className="pointer-events-none mt-1 block truncate text-center text-xs text-quiet peer-checked:font-medium peer-checked:text-accent-ink">
              {style.title}
            </span>
          </label>
        ))}
        {!styles &&
          places(10).map((place) => (
            <div key={place} className={CARD}>
              <Skeleton className="aspect-square" />
              <div className="mt-1 h-4" />
            </div>
          ))}
      </div>
    </fieldset>
  );
}
