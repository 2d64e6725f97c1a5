import { useState } from "react";
import type { AssetDetails } from "@/api/schema.gen";
import { Viewer } from "@/pictures/Viewer";
import { FIT } from "@/pictures/zoom";

/** Beside each other (on phones: one above the other), both seen at the same place and size. */
export function SideBySide({ a, b }: { a: AssetDetails; b: AssetDetails }) {
  const shared = useState(FIT);
  return (
    <div className="grid gap-3 sm:grid-cols-2">
      {[a, b].map((asset, place) => (
        <Viewer
          key={place === 0 ? "a" : "b"}
          asset={asset}
          shared={shared}
          className="h-[38dvh] sm:h-[62dvh]"
        />
      ))}
    </div>
  );
}
