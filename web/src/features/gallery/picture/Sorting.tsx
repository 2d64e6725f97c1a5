import { FolderPlus, X } from "lucide-react";
import { useState } from "react";
import { $api } from "@/api/client";
import type { AssetDetails } from "@/api/schema.gen";
import { useMay } from "@/api/session";
import { Button, IconButton } from "@/design/Button";
import { Field } from "@/design/Field";
import { Card } from "@/design/Layout";
import { Select } from "@/design/Select";
import { BoardPicker } from "@/features/gallery/boards/BoardPicker";
import { useT } from "@/i18n";
import { useChanges } from "@/pictures/changes";
import { useBoards, useFacets } from "@/pictures/queries";
import { Rating } from "@/pictures/Rating";
import { TagInput } from "@/pictures/TagInput";
import { useOwn } from "@/pictures/useOwn";

const NOBODY = "nobody";

/** What people say of a picture: rating, tags, boards, and who else sees it. */
export function Sorting({ asset }: { asset: AssetDetails }) {
  const t = useT();
  const changes = useChanges();
  const own = useOwn(asset);
  const mayBoard = useMay("asset:update");
  const may = mayBoard && own;
  const facets = useFacets();
  const boards = useBoards();
  const teams = $api.useQuery("get", "/api/v1/teams", { params: { query: { limit: 100 } } });
  const [picking, setPicking] = useState(false);
  const on = boards.data?.filter((board) => asset.board_ids.includes(board.id)) ?? [];

  return (
    <Card title={t("gallery.sort.title")}>
      <div className="flex flex-col gap-4">
        <div>
          <p className="text-sm font-medium">{t("gallery.sort.rating")}</p>
          <Rating
            label={t("gallery.sort.rating")}
            value={asset.rating}
            disabled={!may}
            onChange={(rating) => void changes.rate([asset.id], rating)}
          />
        </div>
        {may ? (
          <Field label={t("gallery.sort.tags")}>
            {(ids) => (
              <TagInput
                ids={ids}
                tags={asset.tags}
                suggestions={facets.data?.tags ?? []}
                onChange={(tags) =>
                  void changes.tag(
                    [asset.id],
                    tags.filter((tag) => !asset.tags.includes(tag)),
                    asset.tags.filter((tag) => !tags.includes(tag)),
                  )
                }
              />
            )}
          </Field>
        ) : (
          asset.tags.length > 0 && (
            <p className="text-sm">
              <span className="font-medium">{t("gallery.sort.tags")}</span> {asset.tags.join(", ")}
            </p>
          )
        )}
        <div>
          <p className="mb-1 text-sm font-medium">{t("gallery.boards.title")}</p>
          <ul className="flex flex-wrap gap-1.5">
            {on.map((board) => (
              <li key={board.id} className="flex max-w-full items-center rounded-full bg-hover pl-3 text-sm">
                <span className="truncate">{board.name}</span>
                {mayBoard && (
                  <IconButton
                    className="size-7!"
                    label={t("gallery.sort.takeOff", { board: board.name })}
                    onClick={() => void changes.takeOff(board, [asset.id])}
                  >
                    <X size={14} aria-hidden="true" />
                  </IconButton>
                )}
              </li>
            ))}
            {mayBoard && (
              <li>
                <Button size="sm" onClick={() => setPicking(true)}>
                  <FolderPlus size={16} aria-hidden="true" />
                  {t("gallery.boards.add")}
                </Button>
              </li>
            )}
          </ul>
        </div>
        {may && teams.data && teams.data.items.length > 0 && (
          <Field label={t("gallery.sort.seen")}>
            {(ids) => (
              <Select
                ids={ids}
                value={asset.team_id ?? NOBODY}
                onChange={(team) => void changes.share([asset.id], team === NOBODY ? null : team)}
                options={[
                  { value: NOBODY, label: t("gallery.boards.onlyMe") },
                  ...teams.data.items.map((team) => ({ value: team.id, label: team.name })),
                ]}
              />
            )}
          </Field>
        )}
        {!own && <p className="text-sm text-quiet">{t("gallery.sort.others")}</p>}
      </div>
      <BoardPicker
        open={picking}
        onOpenChange={setPicking}
        onPick={(board) => void changes.putOn(board, [asset.id])}
      />
    </Card>
  );
}
