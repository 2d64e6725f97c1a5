import { api } from "@/api/client";
import { sentence } from "@/api/problem";
import { toast } from "@/design/Toaster";
import { t } from "@/i18n";
import { bytes } from "@/pictures/sniff";
import { download } from "@/pictures/urls";

/** Files of one ZIP. */
export const MOST = 1000;

/** Has the browser save a ZIP of these pictures, with how they were made in its manifest. */
export async function saveZip(ids: string[]): Promise<void> {
  try {
    const { data } = await api.POST("/api/v1/assets/archives", { body: { asset_ids: ids } });
    if (!data) return;
    download(data.url);
    toast.success(t("gallery.zip.made", { count: data.files, size: bytes(data.bytes_estimated) }), {
      ...(data.left_out > 0 && { description: t("gallery.zip.leftOut", { count: data.left_out }) }),
    });
  } catch (error) {
    toast.error(sentence(error));
  }
}
