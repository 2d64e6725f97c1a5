import { useId } from "react";
import { type Text, useT } from "@/i18n";
import { RATIOS, type Ratio } from "@/jobs/plain";

const NAMES: Record<Ratio, Text> = {
  "1:1": "simple.ratio.square",
  "3:4": "simple.ratio.portrait",
  "4:3": "simple.ratio.landscape",
  "16:9": "simple.ratio.wide",
};

/** Four shapes, each drawn as what it is. */
export function RatioPicker({ value, onChange }: { value: Ratio; onChange: (ratio: Ratio) => void }) {
  const t = useT();
  const name = useId();
  return (
    <fieldset>
      <legend className="mb-1.5 text-sm font-medium">{t("simple.shape")}</legend>
      <div className="grid grid-cols-4 gap-2">
        {RATIOS.map((ratio) => (
          <label key={ratio} className="relative cursor-pointer">
            <input
              type="radio"
              name={name}
              value={ratio}
              checked={ratio === value}
              onChange={() => onChange(ratio)}
              className="peer absolute inset-0 size-full cursor-pointer appearance-none rounded-control outline-offset-2"
            />
            <span className="pointer-events-none flex h-17 flex-col items-center justify-end gap-1.5 rounded-control border border-line bg-surface pb-2 text-xs text-quiet hover:border-edge peer-checked:border-accent peer-checked:bg-accent-soft peer-checked:font-medium peer-checked:text-accent-ink">
              <span className="grid flex-1 place-items-center pt-2">
                <span className="block rounded-[3px] border-2 border-current" style={drawn(ratio)} />
              </span>
              {t(NAMES[ratio])}
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

/** Of about the same area each. */
function drawn(ratio: Ratio): { width: number; height: number } {
  const [across = 1, down = 1] = ratio.split(":").map(Number);
  const scale = 20 / Math.sqrt(across * down);
  return { width: Math.round(across * scale), height: Math.round(down * scale) };
}
