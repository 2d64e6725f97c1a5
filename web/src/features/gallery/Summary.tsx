import { SquareCheck } from "lucide-react";
import { Button } from "@/design/Button";
import { Skeleton } from "@/design/States";
import { useT } from "@/i18n";

/** How many there are, and how several are chosen. */
export function Summary({
  count,
  more,
  pending,
  onChoose,
}: {
  count: number;
  more: boolean;
  pending: boolean;
  onChoose: () => void;
}) {
  const t = useT();
  return (
    <>
      <p role="status" className="mr-auto text-sm text-quiet">
        {pending ? "" : more ? t("gallery.moreThan", { count }) : t("gallery.count", { count })}
      </p>
      {count > 0 && (
        <Button size="sm" kind="ghost" className="h-10!" onClick={onChoose}>
          <SquareCheck size={17} aria-hidden="true" />
          {t("gallery.bulk.begin")}
        </Button>
      )}
    </>
  );
}

/** Places of pictures that are coming. */
export function Coming() {
  return (
    <div
      aria-hidden="true"
      className="grid grid-cols-[repeat(auto-fill,minmax(6rem,1fr))] gap-1.5 sm:grid-cols-[repeat(auto-fill,minmax(10.5rem,1fr))]"
    >
      {Array.from({ length: 18 }, (_, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: places have nothing else
        <Skeleton key={place} className="aspect-square" />
      ))}
    </div>
  );
}
