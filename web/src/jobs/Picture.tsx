import { ImageOff } from "lucide-react";
import { useState } from "react";
import { cx } from "@/design/cx";
import { useT } from "@/i18n";

/** A finished picture over its last preview, so that there is no moment without one. */
export function Picture({
  source,
  alt,
  preview,
  className,
  onSize,
}: {
  source: string;
  alt: string;
  preview?: string | undefined;
  className?: string;
  /** Told its width to height once that is known. */
  onSize?: (ratio: number) => void;
}) {
  const t = useT();
  const [lost, setLost] = useState(false);
  if (lost)
    return (
      <span className="grid size-full place-items-center gap-2 p-2 text-center text-sm text-quiet">
        <span className="grid place-items-center gap-1">
          <ImageOff size={22} aria-hidden="true" />
          {t("jobs.gone")}
        </span>
      </span>
    );
  return (
    <span className="relative block size-full">
      {preview && (
        <img src={preview} alt="" aria-hidden="true" className="absolute inset-0 size-full object-cover" />
      )}
      <img
        src={source}
        alt={alt}
        decoding="async"
        draggable={false}
        className={cx("relative block size-full object-contain", className)}
        onError={() => setLost(true)}
        onLoad={({ currentTarget: image }) =>
          image.naturalHeight && onSize?.(image.naturalWidth / image.naturalHeight)
        }
      />
    </span>
  );
}
