import { MoveHorizontal } from "lucide-react";
import { useRef, useState } from "react";
import type { AssetDetails } from "@/api/schema.gen";
import { useT } from "@/i18n";
import { altOf, assetUrl } from "@/pictures/urls";

/** One picture over the other, as far as the line: dragged, or moved with the arrows. */
export function Slider({ a, b }: { a: AssetDetails; b: AssetDetails }) {
  const t = useT();
  const box = useRef<HTMLDivElement>(null);
  const [part, setPart] = useState(50);
  const move = (event: React.PointerEvent) => {
    const place = box.current?.getBoundingClientRect();
    if (place) setPart(Math.min(100, Math.max(0, ((event.clientX - place.left) / place.width) * 100)));
  };
  return (
    <div
      ref={box}
      className="relative mx-auto w-full max-w-full cursor-ew-resize touch-pan-y select-none overflow-hidden rounded-card border border-line bg-hover has-focus-visible:outline-2 has-focus-visible:outline-accent-ink"
      style={{
        aspectRatio: `${a.width} / ${a.height}`,
        width: `min(100%, calc(68dvh * ${(a.width / a.height).toFixed(4)}))`,
      }}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        move(event);
      }}
      onPointerMove={(event) => event.currentTarget.hasPointerCapture(event.pointerId) && move(event)}
    >
      <Whole asset={b} />
      <div className="absolute inset-0" style={{ clipPath: `inset(0 ${100 - part}% 0 0)` }}>
        <Whole asset={a} />
      </div>
      <div
        aria-hidden="true"
        className="pointer-events-none absolute inset-y-0 w-0.5 -translate-x-1/2 bg-white shadow-[0_0_0_1px_rgb(0_0_0/0.5)]"
        style={{ left: `${part}%` }}
      >
        <span className="absolute left-1/2 top-1/2 grid size-10 -translate-x-1/2 -translate-y-1/2 place-items-center rounded-full bg-white text-black shadow-lg">
          <MoveHorizontal size={20} />
        </span>
      </div>
      {/* The keyboard and screen readers move this one. */}
      <input
        type="range"
        min={0}
        max={100}
        step={1}
        value={Math.round(part)}
        aria-label={t("gallery.compare.line")}
        aria-valuetext={t("gallery.compare.shown", { percent: Math.round(part) })}
        className="absolute inset-x-0 bottom-0 h-6 opacity-0 pointer-events-none"
        onChange={(event) => setPart(event.target.valueAsNumber)}
      />
    </div>
  );
}

/** The smaller form first; over it the picture itself, where its bytes are at hand. */
function Whole({ asset }: { asset: AssetDetails }) {
  return (
    <>
      <img
        src={assetUrl(asset.id, "1024.webp")}
        alt={altOf(asset)}
        draggable={false}
        className="absolute inset-0 size-full object-contain"
      />
      {asset.storage === "hot" && (
        <img
          src={assetUrl(asset.id)}
          alt=""
          draggable={false}
          className="absolute inset-0 size-full object-contain"
        />
      )}
    </>
  );
}
