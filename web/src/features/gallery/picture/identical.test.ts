import { expect, test } from "vitest";
import type { AssetDetails } from "@/api/schema.gen";
import { compared, differing, reasonOf } from "@/features/gallery/picture/identical";

const asset = (sha256: string, unet = "a", studio = "0.1.0") =>
  ({
    sha256,
    width: 8,
    height: 8,
    storage: "archived",
    metadata: { model_hashes: { vae: "x", unet }, versions: { studio } },
  }) as unknown as AssetDetails;

test("the same bytes are the same picture", async () => {
  expect(await compared(asset("1"), asset("1"))).toEqual({ kind: "identical" });
  expect(await compared(asset("1"), asset("2", "b"))).toEqual({ kind: "differs", why: "weights" });
});

test("why the same request paints another picture", () => {
  expect(reasonOf(asset("1"), asset("2", "b", "0.2.0"))).toBe("weights");
  expect(reasonOf(asset("1"), asset("2", "a", "0.2.0"))).toBe("version");
  expect(reasonOf(asset("1"), asset("2"))).toBe("unknown");
});

test("the part of the pixels that differ", () => {
  const one = new Uint8ClampedArray(16);
  expect(differing(one, new Uint8ClampedArray(16))).toBe(0);
  expect(
    differing(
      one,
      Uint8ClampedArray.from(one, (_, at) => (at === 5 ? 1 : 0)),
    ),
  ).toBe(0.25);
  expect(differing(one, new Uint8ClampedArray(8))).toBe(1);
});
