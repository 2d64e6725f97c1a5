import { api } from "@/api/client";
import { ApiProblem } from "@/api/problem";
import type { AssetDetails, Job } from "@/api/schema.gen";
import { metadataOf } from "@/features/gallery/picture/recipe";
import type { Work } from "@/jobs/request";
import { parseLossless } from "@/lib/lossless";

/** Kinds that a request of plain fields may have. */
const KINDS = new Set(["txt2img", "img2img", "inpaint", "outpaint", "upscale", "preprocess"]);

/** Can it be painted again: is its job there, or its whole request in its metadata? */
export const repeatable = (asset: AssetDetails): boolean =>
  asset.kind === "output" && (asset.job_id !== null || requestIn(asset) !== null);

/** The request as the picture's metadata has it; null for what is no whole request. */
export function requestIn(asset: Pick<AssetDetails, "metadata">): Work | null {
  const { parameters, kind } = metadataOf(asset);
  if (!parameters || !kind || !KINDS.has(kind)) return null;
  return { ...parameters, kind } as unknown as Work;
}

/** The job that painted it, with every digit of its seeds; null where it is gone, or not one's own to see. */
export async function jobOf(asset: Pick<AssetDetails, "job_id">): Promise<Job | null> {
  if (asset.job_id === null) return null;
  try {
    const of = { params: { path: { job_id: asset.job_id } }, parseAs: "text" } as const;
    const { data } = await api.GET("/api/v1/jobs/{job_id}", of);
    return data === undefined ? null : (parseLossless(data) as Job);
  } catch (error) {
    if (error instanceof ApiProblem && error.status === 404) return null;
    throw error;
  }
}
