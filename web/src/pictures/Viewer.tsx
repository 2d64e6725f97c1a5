import { Maximize, ZoomIn, ZoomOut } from "lucide-react";
import { type ReactNode, useState } from "react";
import type { Asset } from "@/api/schema.gen";
import { IconButton } from "@/design/Button";
import { cx } from "@/design/cx";
import { useT } from "@/i18n";
import { altOf, assetUrl } from "@/pictures/urls";
import { type SharedView, useZoom, type Zoom } from "@/pictures/useZoom";

type Of = Pick<Asset, "id" | "name" | "prompt" | "width" | "height" | "storage">;

/** A picture as large as there is room: wheel, pinch, double press and + − 0 zoom, dragging and arrows move. */
export function Viewer({
  asset,
  className,
  children,
  overlay,
  shared,
}: {
  asset: Of;
  className?: string;
  /** Seen at the same place and size in several windows. */
  shared?: SharedView;
  /** More buttons beside those of the zoom. */
  children?: ReactNode;
  overlay?: ReactNode;
}) {
  const t = useT();
  const zoom = useZoom(asset, shared);
  return (
    <div className={cx("relative overflow-hidden rounded-card border border-line bg-ground", className)}>
      <div
        ref={zoom.ref}
        role="group"
        aria-label={t("pictures.view.window")}
        tabIndex={0}
        onKeyDown={zoom.onKeyDown}
        className={cx(
          "absolute inset-0 touch-none",
          zoom.view.scale > 1 && "cursor-grab active:cursor-grabbing",
        )}
      >
        <Layers asset={asset} zoom={zoom} />
        {overlay}
      </div>
      <div className="absolute bottom-2 right-2 flex gap-1 rounded-control border border-line bg-surface/90 p-1">
        {children}
        <IconButton
          label={t("pictures.view.out")}
          disabled={zoom.view.scale <= 1}
          onClick={() => zoom.by(1 / 1.5)}
        >
          <ZoomOut size={18} aria-hidden="true" />
        </IconButton>
        <IconButton label={t("pictures.view.in")} onClick={() => zoom.by(1.5)}>
          <ZoomIn size={18} aria-hidden="true" />
        </IconButton>
        <IconButton label={t("pictures.view.fit")} disabled={zoom.view.scale === 1} onClick={zoom.fit}>
          <Maximize size={18} aria-hidden="true" />
        </IconButton>
      </div>
    </div>
  );
}

/** A smaller form that is there at once, and over it the picture itself when it has come. */
export function Layers({ asset, zoom, alt }: { asset: Of; zoom: Zoom; alt?: string }) {
  const { base, view } = zoom;
  const [there, setThere] = useState<string | null>(null);
  const pixels = base.width && (base.width * view.scale) / asset.width > 6;
  const look = cx("absolute inset-0 size-full select-none", pixels && "[image-rendering:pixelated]");
  return (
    <div
      className="absolute left-1/2 top-1/2 bg-hover"
      style={{
        width: base.width,
        height: base.height,
        transform: `translate(-50%, -50%) translate(${view.x}px, ${view.y}px) scale(${view.scale})`,
      }}
    >
      <img
        src={assetUrl(asset.id, "1024.webp")}
        alt={alt ?? altOf(asset)}
        draggable={false}
        className={look}
        decoding="async"
      />
      {/* What lies in the archive has only its smaller forms. */}
      {asset.storage === "hot" && (
        <img
          key={asset.id}
          src={assetUrl(asset.id)}
          alt=""
          draggable={false}
          decoding="async"
          onLoad={() => setThere(asset.id)}
          className={cx(look, there !== asset.id && "opacity-0")}
        />
      )}
    </div>
  );
}
