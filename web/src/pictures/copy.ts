import { toast } from "@/design/Toaster";
import { t } from "@/i18n";

/** Puts words into the clipboard and says so. Where the browser refuses (no https), it says that. */
export async function copy(words: string, said = t("action.copied")): Promise<void> {
  try {
    await navigator.clipboard.writeText(words);
    toast.success(said, { id: "copied" });
  } catch {
    toast.error(t("pictures.notCopied"), { id: "copied" });
  }
}
