import { FileQuestion, ImageOff } from "lucide-react";
import { useState } from "react";
import type { Asset } from "@/api/schema.gen";
import { cx } from "@/design/cx";
import { altOf, assetUrl, isPicture } from "@/pictures/urls";

type Of = Pick<Asset, "id" | "name" | "prompt" | "width" | "height" | "media_type"> & {
  /** A small form that is at hand already: a data: or blob: URL. */
  preview?: string;
};

/** A small form of a picture. The box has its proportions before anything has come; `fit="cover"` fills the box around. */
export function Thumbnail({
  asset,
  sizes = "256px",
  fit = "contain",
  alt,
  className,
  eager = false,
}: {
  asset: Of;
  /** How wide it is shown, as of `<img sizes>`: decides which form is fetched. */
  sizes?: string;
  /** contain: a box of the picture's proportions, as wide as it may be; cover: fills its parent, cut where it has to be. */
  fit?: "contain" | "cover";
  /** Instead of its prompt; empty where the words stand beside it. */
  alt?: string;
  className?: string;
  eager?: boolean;
}) {
  const [state, setState] = useState<"coming" | "there" | "lost">("coming");
  const picture = isPicture(asset) && state !== "lost";
  const long = Math.max(asset.width, asset.height) || 1;
  const wide = (side: number) => Math.round(asset.width * Math.min(1, side / long)) || side;
  return (
    <span
      className={cx(
        "relative block overflow-hidden bg-hover",
        state === "coming" && picture && "animate-pulse",
        fit === "cover" ? "size-full" : "max-w-full",
        className,
      )}
      style={
        fit === "contain" && asset.width ? { aspectRatio: `${asset.width} / ${asset.height}` } : undefined
      }
    >
      {picture ? (
        <img
          src={asset.preview ?? assetUrl(asset.id, "256.webp")}
          srcSet={
            asset.preview
              ? undefined
              : `${assetUrl(asset.id, "256.webp")} ${wide(256)}w, ${assetUrl(asset.id, "1024.webp")} ${wide(1024)}w`
          }
          sizes={sizes}
          alt={alt ?? altOf(asset)}
          width={asset.width || undefined}
          height={asset.height || undefined}
          loading={eager ? "eager" : "lazy"}
          decoding="async"
          draggable={false}
          onLoad={() => setState("there")}
          onError={() => setState("lost")}
          className={cx("block size-full", fit === "cover" ? "object-cover" : "object-contain")}
        />
      ) : (
        <span
          role="img"
          aria-label={alt ?? altOf(asset)}
          className="grid size-full min-h-10 place-items-center text-quiet"
        >
          {isPicture(asset) ? <ImageOff size={22} /> : <FileQuestion size={22} />}
        </span>
      )}
    </span>
  );
}
