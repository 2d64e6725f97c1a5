import { Link } from "@tanstack/react-router";
import { Coins } from "lucide-react";
import { $api } from "@/api/client";
import { useMay } from "@/api/session";
import { Hint } from "@/design/Hint";
import { t } from "@/i18n";
import { CREDIT, inCredits } from "@/lib/credits";

/** What there is to paint with, always in sight. */
export function Credits() {
  const may = useMay("credit:read");
  const { data } = $api.useQuery("get", "/api/v1/credits", undefined, { enabled: may });
  if (!may) return null;
  const micro = data?.available_microcredits;
  const words =
    micro === undefined ? t("shell.creditsAsked") : t("shell.creditsLeft", { amount: inCredits(micro) });
  return (
    <Hint text={words}>
      <Link
        to="/team/credits"
        aria-label={words}
        className={`flex h-9 items-center gap-1.5 rounded-control px-2 text-sm tabular-nums hover:bg-hover ${micro !== undefined && micro <= 0 ? "text-bad" : "text-ink"}`}
      >
        <Coins size={17} className="shrink-0 text-accent-ink" aria-hidden="true" />
        <span className="inline-block min-w-10 text-right">{micro === undefined ? "–" : short(micro)}</span>
      </Link>
    </Hint>
  );
}

/** As many digits as a phone's bar has room for, and never more than there is: 0.4, 87.5, 4,999, 120K. */
const short = (micro: number) =>
  new Intl.NumberFormat(undefined, {
    notation: micro < 100_000 * CREDIT ? "standard" : "compact",
    roundingMode: "floor",
    maximumFractionDigits: micro < 100 * CREDIT ? 1 : 0,
  } as Intl.NumberFormatOptions).format(micro / CREDIT);
