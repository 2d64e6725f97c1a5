import { toast } from "@/design/Toaster";
import { t } from "@/i18n";
import { copy } from "@/lib/clipboard";

/** Puts words into the clipboard and says so, or that the browser does not let it. */
export async function copied(words: string, said: string = t("action.copied")): Promise<void> {
  if (await copy(words)) toast.success(said, { id: "copied" });
  else toast.error(t("pictures.notCopied"), { id: "copied" });
}
