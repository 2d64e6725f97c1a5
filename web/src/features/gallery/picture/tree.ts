import type { Asset, AssetDetails, Family } from "@/api/schema.gen";

export type Node = {
  asset: Asset;
  /** How it was made of its parent in the tree, or (older ones) what was made of it with it. */
  relation: string | null;
  /** Generations from the picture that is looked at: -1 its parents, 1 its children. */
  generation: number;
  /** Among those of its generation, from 0. */
  place: number;
};
export type Edge = { from: string; to: string };
export type Tree = { nodes: Node[]; edges: Edge[]; generations: number[]; widest: number };

/** A family as a drawing: a row for each generation, the oldest first; children near their parents, so that few lines cross. */
export function treeOf(self: Asset | AssetDetails, family: Family): Tree {
  const rows = new Map<number, { asset: Asset; relation: string | null; nearer: string | null }[]>();
  const put = (generation: number, entry: { asset: Asset; relation: string | null; nearer: string | null }) =>
    rows.set(generation, [...(rows.get(generation) ?? []), entry]);
  put(0, { asset: self, relation: null, nearer: null });
  const seen = new Set([self.id]);
  const lines = [
    [-1, family.ancestors],
    [1, family.descendants],
  ] as const;
  for (const [sign, relatives] of lines)
    for (const { asset, relation, nearer_id, distance } of relatives) {
      if (seen.has(asset.id)) continue;
      seen.add(asset.id);
      put(sign * distance, { asset, relation, nearer: nearer_id });
    }

  const generations = [...rows.keys()].sort((a, b) => a - b);
  const at = new Map<string, number>([[self.id, 0]]);
  // From the middle outwards, so that who is nearer has a place already.
  for (const generation of [...generations].sort((a, b) => Math.abs(a) - Math.abs(b))) {
    const row = rows.get(generation) ?? [];
    row.sort(
      (a, b) =>
        (at.get(a.nearer ?? "") ?? 0) - (at.get(b.nearer ?? "") ?? 0) || a.asset.id.localeCompare(b.asset.id),
    );
    row.forEach(({ asset }, place) => {
      at.set(asset.id, place);
    });
  }
  const nodes = generations.flatMap((generation) =>
    (rows.get(generation) ?? []).map(({ asset, relation }, place) => ({
      asset,
      relation,
      generation,
      place,
    })),
  );
  // Who is not seen is left out; those behind hang on nobody that is drawn.
  const edges = [...rows].flatMap(([generation, row]) =>
    row.flatMap(({ asset, nearer }) =>
      nearer === null || !seen.has(nearer)
        ? []
        : [generation < 0 ? { from: asset.id, to: nearer } : { from: nearer, to: asset.id }],
    ),
  );
  return { nodes, edges, generations, widest: Math.max(...[...rows.values()].map((row) => row.length)) };
}
