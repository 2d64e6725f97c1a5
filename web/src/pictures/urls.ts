import type { Asset } from "@/api/schema.gen";
import { t } from "@/i18n";

/** Smaller forms that the studio makes of a picture: longest side in pixels, and format. */
export type Form = "256.webp" | "256.avif" | "1024.webp" | "1024.avif";

/** Where the bytes of an asset, or of a smaller form of it, are. The cookie opens it. */
export const assetUrl = (id: string, form?: Form) =>
  `/api/v1/assets/${id}/content${form ? `?form=${form}` : ""}`;

/** Where a browser saves it from. */
export const downloadUrl = (id: string) => `/api/v1/assets/${id}/content?download=true`;

/** Can there be thumbnails of it? */
export const isPicture = (asset: Pick<Asset, "media_type">) => asset.media_type.startsWith("image/");

/** What a screen reader says of a picture: what it was painted of, else what it is called. */
export const altOf = (asset: Pick<Asset, "prompt" | "name">) =>
  asset.prompt.trim().slice(0, 200) || asset.name || t("pictures.unnamed");

/** What it is called in lists. */
export const titleOf = (asset: Pick<Asset, "name" | "prompt">) =>
  asset.name || asset.prompt.trim().slice(0, 80) || t("pictures.unnamed");

/** Has a browser save it. */
export function download(url: string, name = ""): void {
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
}

export const downloadAsset = (asset: Pick<Asset, "id" | "name">) =>
  download(downloadUrl(asset.id), asset.name);
