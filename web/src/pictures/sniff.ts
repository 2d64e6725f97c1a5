import { t } from "@/i18n";

const text = (data: Uint8Array, from: number, to: number) => String.fromCharCode(...data.subarray(from, to));

/** What a file is by its first bytes: one of what the studio takes, an SVG, or something else. */
export function kindOf(
  data: Uint8Array,
): "png" | "jpeg" | "webp" | "avif" | "gif" | "svg" | "heic" | "other" {
  if (text(data, 0, 8) === "\x89PNG\r\n\x1a\n") return "png";
  if (text(data, 0, 3) === "\xff\xd8\xff") return "jpeg";
  if (text(data, 0, 4) === "RIFF" && text(data, 8, 12) === "WEBP") return "webp";
  if (/^GIF8[79]a/.test(text(data, 0, 6))) return "gif";
  if (text(data, 4, 8) === "ftyp") {
    const brand = text(data, 8, 12);
    if (brand === "avif" || brand === "avis") return "avif";
    if (/^(hei|hev|mif|msf)/.test(brand)) return text(data, 16, 64).includes("avif") ? "avif" : "heic";
  }
  const begin = new TextDecoder()
    .decode(data)
    .replace(/^\uFEFF/, "")
    .trimStart();
  return /^<(\?xml|!--|!doctype svg|svg)/i.test(begin) && /<svg/i.test(begin) ? "svg" : "other";
}

const WHY = {
  svg: "pictures.refused.svg",
  heic: "pictures.refused.heic",
  other: "pictures.refused.other",
} as const;

/** Bytes in words: "812 KB", "3.4 MB". */
export function bytes(count: number): string {
  const [size, unit] = count < 2 ** 20 ? [count / 2 ** 10, "KB"] : [count / 2 ** 20, "MB"];
  return `${size.toFixed(unit === "MB" && size < 10 ? 1 : 0)} ${unit}`;
}

/** Why a file is not even sent, as a sentence; null where it may be a picture. The studio looks at all of it again. */
export async function refusal(file: Blob & { name?: string }): Promise<string | null> {
  const name = file.name || t("pictures.thisFile");
  if (file.size === 0) return t("pictures.refused.empty", { name });
  const kind = kindOf(new Uint8Array(await file.slice(0, 4096).arrayBuffer()));
  return kind in WHY ? t(WHY[kind as keyof typeof WHY], { name }) : null;
}
