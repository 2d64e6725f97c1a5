import { t } from "@/i18n";

/** What the studio takes at most (docs/workflows.md): what is longer is not even sent. */
export const MOST_JSON = 4 * 2 ** 20;
export const MOST_PICTURE = 50 * 2 ** 20;
const MB = 2 ** 20;

/** How pictures begin that may carry a workflow, and those that the studio refuses with a better sentence than ours. */
const PICTURES = ["\x89PNG\r\n\x1a\n", "RIFF", "\xff\xd8\xff", "GIF8", "\0\0\0"];

/** Why a file cannot be a workflow, as a sentence; null where it may be one. Looks at its first bytes alone. */
export async function refusalOf(file: Blob): Promise<string | null> {
  if (file.size === 0) return t("workflows.import.empty");
  const begin = new Uint8Array(await file.slice(0, 64).arrayBuffer());
  const text = String.fromCharCode(...begin);
  const size = megabytes(file.size);
  if (PICTURES.some((sign) => text.startsWith(sign)))
    return file.size > MOST_PICTURE
      ? t("workflows.import.pictureTooLong", { size, most: MOST_PICTURE / MB })
      : null;
  if (file.size > MOST_JSON) return t("workflows.import.tooLong", { size, most: MOST_JSON / MB });
  // A byte order mark, as Windows writes it, and blanks.
  return text
    .replace(/^\xef\xbb\xbf/, "")
    .trimStart()
    .startsWith("{")
    ? null
    : t("workflows.import.noJson");
}

const megabytes = (bytes: number) => (bytes / MB).toFixed(bytes < 10 * MB ? 1 : 0);

/** The workflow among what was dropped or pasted: a file, or text that looks like one. */
export function fileOf(data: DataTransfer | null): { file: File; many: boolean } | null {
  const [file] = data?.files ?? [];
  if (file) return { file, many: (data?.files.length ?? 0) > 1 };
  const text = data?.getData("text/plain") ?? "";
  if (!text.trimStart().startsWith("{")) return null;
  return {
    file: new File([text], `${t("workflows.import.pasted")}.json`, { type: "application/json" }),
    many: false,
  };
}
