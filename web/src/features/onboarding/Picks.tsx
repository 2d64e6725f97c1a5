import { RadioGroup } from "radix-ui";
import { useId } from "react";
import { cx } from "@/design/cx";
import { Skeleton } from "@/design/States";

const PLACES = ["a", "b", "c", "d"];

/** One of a few, in words or with a picture each. */
export function Picks({
  label,
  value,
  onChange,
  items,
  pictures = false,
}: {
  label: string;
  value: string | undefined;
  onChange: (value: string) => void;
  /** undefined: on their way. */
  items: { value: string; label: string; picture?: string }[] | undefined;
  pictures?: boolean;
}) {
  const id = useId();
  return (
    <div>
      <h2 id={id} className="mb-2 font-semibold">
        {label}
      </h2>
      <RadioGroup.Root
        aria-labelledby={id}
        value={value ?? ""}
        onValueChange={onChange}
        className={cx("grid gap-2", pictures ? "grid-cols-4" : "sm:grid-cols-2")}
      >
        {items?.map((item) => (
          <RadioGroup.Item
            key={item.value}
            value={item.value}
            className="overflow-hidden rounded-control border border-edge/60 bg-surface text-left hover:bg-hover data-[state=checked]:border-accent data-[state=checked]:bg-accent-soft"
          >
            {item.picture && (
              <img src={item.picture} alt="" className="aspect-square w-full object-cover sm:aspect-[4/3]" />
            )}
            <span
              className={cx(
                "flex items-center",
                pictures ? "min-h-9 px-2 py-1 max-sm:text-xs" : "min-h-11 px-3 py-2",
              )}
            >
              {item.label}
            </span>
          </RadioGroup.Item>
        )) ??
          PLACES.map((place) => (
            <Skeleton key={place} className={pictures ? "aspect-[4/5] sm:aspect-[1/1]" : "h-11"} />
          ))}
      </RadioGroup.Root>
    </div>
  );
}
