import { Star } from "lucide-react";
import { cx } from "@/design/cx";
import { useT } from "@/i18n";

const STARS = [1, 2, 3, 4, 5];

/** One to five stars; pressed again, none. */
export function Rating({
  value,
  onChange,
  label,
  disabled = false,
}: {
  value: number;
  onChange: (rating: number) => void;
  label: string;
  disabled?: boolean;
}) {
  const t = useT();
  return (
    <div role="group" aria-label={label} className="flex">
      {STARS.map((star) => (
        <button
          key={star}
          type="button"
          disabled={disabled}
          aria-label={t("pictures.stars", { count: star })}
          aria-pressed={value === star}
          onClick={() => onChange(value === star ? 0 : star)}
          className="grid size-9 place-items-center rounded-control text-quiet enabled:hover:bg-hover enabled:hover:text-accent-ink"
        >
          <Star
            size={19}
            aria-hidden="true"
            className={cx(star <= value && "fill-current text-accent-ink")}
          />
        </button>
      ))}
    </div>
  );
}
