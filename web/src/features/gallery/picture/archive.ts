import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { api } from "@/api/client";
import type { AssetDetails } from "@/api/schema.gen";
import { show } from "@/pictures/optimistic";
import { oneKey } from "@/pictures/queries";

/** The storage is asked every minute whether it has the bytes back. */
const ASK_MS = 15_000;

/** Asks for a picture's bytes from the archive of the storage, and looks until they are there. */
export function useRestoreFromArchive(asset: AssetDetails) {
  const client = useQueryClient();
  const { id, storage } = asset;
  useEffect(() => {
    if (storage !== "restoring") return;
    const timer = setInterval(() => void client.invalidateQueries({ queryKey: oneKey(id) }), ASK_MS);
    return () => clearInterval(timer);
  }, [client, id, storage]);
  return useMutation({
    mutationFn: () => api.POST("/api/v1/assets/{asset_id}/restore", { params: { path: { asset_id: id } } }),
    onSuccess: ({ data }) => data && show(client, [id], () => ({ storage: data.storage })),
  });
}
