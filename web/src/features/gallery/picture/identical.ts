import type { AssetDetails } from "@/api/schema.gen";
import { metadataOf } from "@/features/gallery/picture/recipe";
import { assetUrl } from "@/pictures/urls";

export type Verdict =
  /** Every byte. */
  | { kind: "identical" }
  /** Every pixel; what is written beside them differs. */
  | { kind: "pixels" }
  | { kind: "differs"; why: "weights" | "version" | "unknown"; part?: number };

/** Why the same request may paint another picture: pure. */
export function reasonOf(a: AssetDetails, b: AssetDetails): "weights" | "version" | "unknown" {
  const [one, other] = [metadataOf(a), metadataOf(b)];
  const weights = (hashes: Record<string, string> = {}) =>
    JSON.stringify(Object.entries(hashes).sort(([x], [y]) => x.localeCompare(y)));
  if (weights(one.model_hashes) !== weights(other.model_hashes)) return "weights";
  if (one.versions?.studio !== other.versions?.studio) return "version";
  return "unknown";
}

/** Are two pictures the same? By their bytes; where those differ, by every pixel. */
export async function compared(a: AssetDetails, b: AssetDetails): Promise<Verdict> {
  if (a.sha256 === b.sha256) return { kind: "identical" };
  if (a.width === b.width && a.height === b.height && a.storage === "hot") {
    const [one, other] = await Promise.all([pixelsOf(a), pixelsOf(b)]);
    const part = differing(one, other);
    if (part === 0) return { kind: "pixels" };
    return { kind: "differs", why: reasonOf(a, b), part };
  }
  return { kind: "differs", why: reasonOf(a, b) };
}

/** Which part of the pixels (RGBA) is not the same: 0 to 1. */
export function differing(one: Uint8ClampedArray, other: Uint8ClampedArray): number {
  if (one.length !== other.length) return 1;
  const [a, b] = [words(one), words(other)];
  let count = 0;
  for (let at = 0; at < a.length; at += 1) if (a[at] !== b[at]) count += 1;
  return a.length === 0 ? 0 : count / a.length;
}

const words = (bytes: Uint8ClampedArray) => new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);

async function pixelsOf(asset: AssetDetails): Promise<Uint8ClampedArray> {
  const image = new Image();
  image.src = assetUrl(asset.id);
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = image.naturalWidth;
  canvas.height = image.naturalHeight;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context) throw new TypeError("This browser has no canvas");
  context.drawImage(image, 0, 0);
  return context.getImageData(0, 0, canvas.width, canvas.height).data;
}
