import fc from "fast-check";
import { expect, test } from "vitest";
import type { Asset, Family } from "@/api/schema.gen";
import { treeOf } from "@/features/gallery/picture/tree";

const asset = (id: string) => ({ id, name: id }) as unknown as Asset;
const relative = (id: string, nearer_id: string, distance: number) => ({
  asset: asset(id),
  relation: "img2img",
  nearer_id,
  distance,
});

test("a row for each generation, the oldest first", () => {
  const family: Family = {
    ancestors: [relative("mother", "me", 1), relative("grandmother", "mother", 2)],
    descendants: [relative("child", "me", 1), relative("other", "me", 1), relative("grandchild", "other", 2)],
    complete: true,
  };
  const tree = treeOf(asset("me"), family);
  expect(tree.generations).toEqual([-2, -1, 0, 1, 2]);
  expect(tree.nodes.map((node) => node.asset.id)).toEqual([
    "grandmother",
    "mother",
    "me",
    "child",
    "other",
    "grandchild",
  ]);
  expect(tree.edges).toContainEqual({ from: "grandmother", to: "mother" });
  expect(tree.edges).toContainEqual({ from: "other", to: "grandchild" });
  expect(tree.widest).toBe(2);
});

test("who is behind somebody that is not seen is shown, without a line", () => {
  const tree = treeOf(asset("me"), {
    ancestors: [relative("old", "hidden", 2)],
    descendants: [],
    complete: true,
  });
  expect(tree.nodes).toHaveLength(2);
  expect(tree.edges).toEqual([]);
});

test("everybody is drawn once, at a place of their own", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(20), fc.nat(20), fc.integer({ min: 1, max: 4 }))), (links) => {
      const descendants = links.map(([id, nearer, distance]) => relative(`d${id}`, `d${nearer}`, distance));
      const { nodes } = treeOf(asset("me"), { ancestors: [], descendants, complete: true });
      expect(new Set(nodes.map((node) => node.asset.id)).size).toBe(nodes.length);
      expect(new Set(nodes.map((node) => `${node.generation}/${node.place}`)).size).toBe(nodes.length);
    }),
  );
});
