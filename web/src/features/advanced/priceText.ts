import type { PriceLine } from "@/api/schema.gen";
import { t } from "@/i18n";

/** What a line of a price is for, in the words of the form: the API speaks of the nodes that the work is made of. */
export function priceText({ item, text }: Pick<PriceLine, "item" | "text">): string {
  if (item === "lora" || item === "controlnet")
    return t(`advanced.price.item.${item}`, { name: text.replace(`${item} `, "") });
  const size = / of (\d+)x(\d+)/.exec(text);
  if (!size || item === "sdxl" || item === "video") return text;
  return t(`advanced.price.item.${item}`, { size: `${size[1]} × ${size[2]}` });
}
