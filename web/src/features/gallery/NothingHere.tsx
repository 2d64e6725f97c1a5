import { Link } from "@tanstack/react-router";
import { FolderHeart, Images, SearchX, Trash2 } from "lucide-react";
import { Button } from "@/design/Button";
import { Empty } from "@/design/States";
import { useT } from "@/i18n";
import { type Filters, narrowing } from "@/pictures/filters";

/** Why there is nothing, and what to do. */
export function NothingHere({
  filters,
  onClear,
  onUpload,
}: {
  filters: Filters;
  onClear: () => void;
  onUpload?: () => void;
}) {
  const t = useT();
  const upload = onUpload && <Button onClick={onUpload}>{t("gallery.upload.button")}</Button>;
  if (narrowing(filters) > 0)
    return (
      <Empty
        icon={<SearchX size={30} aria-hidden="true" />}
        title={t("gallery.none.found")}
        action={<Button onClick={onClear}>{t("gallery.filter.clear")}</Button>}
      >
        {t("gallery.none.foundHelp")}
      </Empty>
    );
  if (filters.bin)
    return (
      <Empty icon={<Trash2 size={30} aria-hidden="true" />} title={t("gallery.none.bin")}>
        {t("gallery.none.binHelp")}
      </Empty>
    );
  if (filters.board)
    return (
      <Empty
        icon={<FolderHeart size={30} aria-hidden="true" />}
        title={t("gallery.none.board")}
        action={upload}
      >
        {t("gallery.none.boardHelp")}
      </Empty>
    );
  return (
    <Empty
      icon={<Images size={30} aria-hidden="true" />}
      title={t("gallery.none.all")}
      action={
        <div className="flex flex-wrap justify-center gap-2">
          <Button kind="primary" asChild>
            <Link to="/create">{t("gallery.none.paint")}</Link>
          </Button>
          {upload}
        </div>
      }
    >
      {t("gallery.none.allHelp")}
    </Empty>
  );
}
