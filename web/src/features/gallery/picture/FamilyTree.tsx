import { Link } from "@tanstack/react-router";
import { useMemo } from "react";
import type { AssetDetails } from "@/api/schema.gen";
import { cx } from "@/design/cx";
import { Card } from "@/design/Layout";
import { Failure, Skeleton } from "@/design/States";
import { type Tree, treeOf } from "@/features/gallery/picture/tree";
import { useT } from "@/i18n";
import { useFamily } from "@/pictures/queries";
import { Thumbnail } from "@/pictures/Thumbnail";
import { titleOf } from "@/pictures/urls";

const SIDE = 76;
const GAP = 14;
const RISE = 40;

/** What a picture was made of, and what was made of it: rows of generations, the oldest above. */
export function FamilyTree({ asset }: { asset: AssetDetails }) {
  const t = useT();
  const family = useFamily(asset.id);
  const tree = useMemo(() => family.data && treeOf(asset, family.data), [asset, family.data]);
  const alone = tree?.nodes.length === 1;
  return (
    <Card title={t("gallery.tree.title")}>
      {family.isPending && <Skeleton className="h-24" />}
      {family.error && <Failure error={family.error} onRetry={() => void family.refetch()} />}
      {alone && <p className="text-sm text-quiet">{t("gallery.tree.alone")}</p>}
      {tree && !alone && <Drawing tree={tree} />}
      {family.data && !family.data.complete && (
        <p className="mt-2 text-sm text-quiet">{t("gallery.tree.more")}</p>
      )}
    </Card>
  );
}

/** In the order of reading a list: each says what it is to the picture that is looked at. */
function Drawing({ tree }: { tree: Tree }) {
  const t = useT();
  const width = tree.widest * (SIDE + GAP) - GAP;
  const height = tree.generations.length * (SIDE + RISE) - RISE;
  const rows = new Map(tree.generations.map((generation, row) => [generation, row]));
  const counts = new Map<number, number>();
  for (const node of tree.nodes) counts.set(node.generation, (counts.get(node.generation) ?? 0) + 1);
  const spots = new Map(
    tree.nodes.map((node) => {
      const count = counts.get(node.generation) ?? 1;
      const left = (width - (count * (SIDE + GAP) - GAP)) / 2 + node.place * (SIDE + GAP);
      return [node.asset.id, { left, top: (rows.get(node.generation) ?? 0) * (SIDE + RISE) }];
    }),
  );
  const said = (generation: number, relation: string | null, name: string) =>
    generation === 0
      ? t("gallery.tree.self", { name })
      : generation < 0
        ? t("gallery.tree.older", { name, relation: relation ?? "", count: -generation })
        : t("gallery.tree.younger", { name, relation: relation ?? "", count: generation });
  return (
    <div className="overflow-x-auto py-1">
      <div className="relative mx-auto" style={{ width, height }}>
        <svg aria-hidden="true" width={width} height={height} className="absolute inset-0 text-edge">
          {tree.edges.map(({ from, to }) => {
            const [a, b] = [spots.get(from), spots.get(to)];
            if (!a || !b) return null;
            const [x1, y1, x2, y2] = [a.left + SIDE / 2, a.top + SIDE, b.left + SIDE / 2, b.top];
            const middle = (y1 + y2) / 2;
            return (
              <path
                key={`${from}${to}`}
                d={`M${x1} ${y1} C${x1} ${middle} ${x2} ${middle} ${x2} ${y2}`}
                fill="none"
                stroke="currentColor"
                strokeWidth="1.5"
              />
            );
          })}
        </svg>
        <ol aria-label={t("gallery.tree.title")}>
          {tree.nodes.map(({ asset, relation, generation }) => (
            <li key={asset.id} className="absolute" style={{ ...spots.get(asset.id), width: SIDE }}>
              <Link
                to="/gallery/$assetId"
                params={{ assetId: asset.id }}
                aria-label={said(generation, relation, titleOf(asset))}
                aria-current={generation === 0 ? "page" : undefined}
                title={titleOf(asset)}
                className={cx(
                  "block overflow-hidden rounded-control",
                  generation === 0 ? "ring-3 ring-accent" : "ring-1 ring-line hover:ring-2 hover:ring-edge",
                )}
                style={{ height: SIDE }}
              >
                <Thumbnail asset={asset} alt="" fit="cover" sizes={`${SIDE}px`} />
              </Link>
              {relation && (
                <span
                  aria-hidden="true"
                  className="absolute left-1/2 -translate-x-1/2 whitespace-nowrap rounded bg-surface px-1 text-[11px] text-quiet"
                  style={generation > 0 ? { top: -RISE / 2 - 8 } : { top: SIDE + RISE / 2 - 8 }}
                >
                  {relation}
                </span>
              )}
            </li>
          ))}
        </ol>
      </div>
    </div>
  );
}
