import { ChevronDown, Sparkles } from "lucide-react";
import { Popover } from "radix-ui";
import type { ReactNode } from "react";
import type { ApiProblem } from "@/api/problem";
import type { Quote } from "@/api/schema.gen";
import { Button } from "@/design/Button";
import { cx } from "@/design/cx";
import { useT } from "@/i18n";
import { Refusal } from "@/jobs/Refusal";
import { amount, inCredits } from "@/lib/credits";
import { caps } from "@/lib/shortcuts";
import { priceText } from "./priceText";

/** What a press costs and why, and the button. Always in sight. */
export function GenerateBar({
  quote,
  stale,
  count,
  sent,
  may,
  lacking,
  wrong,
  team,
  problem,
  onClose,
  onGenerate,
}: {
  quote: Quote | undefined;
  stale: boolean;
  count: number;
  sent: { now: number; of: number } | null;
  may: boolean;
  /** What must be given first, in sentences. */
  lacking: readonly string[];
  /** Why no price can be told. */
  wrong: string | undefined;
  /** The choice of who sees it. */
  team: ReactNode;
  problem: ApiProblem | null;
  onClose: () => void;
  onGenerate: () => void;
}) {
  const t = useT();
  return (
    <div className="flex flex-col gap-2 border-t border-line bg-surface px-4 py-3">
      {problem && <Refusal problem={problem} onClose={onClose} />}
      {lacking.length > 0 && (
        <ul role="alert" className="text-sm text-bad">
          {lacking.map((one) => (
            <li key={one}>{one}</li>
          ))}
        </ul>
      )}
      {wrong && !problem && lacking.length === 0 && <p className="text-sm text-bad">{wrong}</p>}
      {may && team}
      {may ? (
        <div className="flex items-center justify-between gap-3">
          <Price quote={quote} stale={stale} count={count} />
          <Button
            kind="primary"
            size="lg"
            className="min-w-36 flex-1 lg:max-w-64"
            busy={sent !== null}
            onClick={onGenerate}
          >
            <Sparkles size={18} aria-hidden="true" />
            {count > 1 ? t("advanced.generate.many", { count }) : t("advanced.generate.one")}
            <kbd className="text-xs font-normal opacity-75 max-lg:hidden">
              {(caps("mod+enter")[0] ?? []).join("+")}
            </kbd>
          </Button>
        </div>
      ) : (
        <p className="text-sm text-quiet">{t("advanced.generate.mayNot")}</p>
      )}
      <span role="status" className="sr-only">
        {sent ? t("advanced.generate.sending", sent) : ""}
      </span>
    </div>
  );
}

/** The price, and behind it what it is made of. */
function Price({ quote, stale, count }: { quote: Quote | undefined; stale: boolean; count: number }) {
  const t = useT();
  if (!quote) return <span className="min-w-20 text-sm text-quiet">{t("advanced.price.unknown")}</span>;
  const total = quote.amount_microcredits * count;
  return (
    <Popover.Root>
      <Popover.Trigger
        className={cx(
          "flex min-h-10 items-center gap-1 rounded-control px-2 text-left text-sm tabular-nums hover:bg-hover",
          stale && "text-quiet",
        )}
      >
        <span className="sr-only">{t("advanced.price.label")}</span>
        <span className="font-medium">{inCredits(total)}</span>
        <ChevronDown size={14} aria-hidden="true" className="text-quiet" />
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          side="top"
          align="start"
          sideOffset={6}
          collisionPadding={8}
          className="z-50 w-80 max-w-[94vw] rounded-control border border-line bg-raised p-3 text-sm shadow-xl"
        >
          <h2 className="font-semibold">{t("advanced.price.why")}</h2>
          <ul className="mt-2 flex flex-col gap-1.5">
            {quote.lines.map((line, place) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: two passes have the same lines
              <li key={place} className="flex justify-between gap-3 tabular-nums">
                <span className="min-w-0 break-words">
                  {line.count > 1
                    ? t("advanced.price.times", { text: priceText(line), count: line.count })
                    : priceText(line)}
                </span>
                <span className="shrink-0">{amount(line.amount_microcredits)}</span>
              </li>
            ))}
            {count > 1 && (
              <li className="flex justify-between gap-3 border-t border-line pt-1.5">
                <span>{t("advanced.price.jobs", { count })}</span>
                <span className="tabular-nums">{amount(total)}</span>
              </li>
            )}
          </ul>
          <p className="mt-2 text-quiet">{t("advanced.price.note")}</p>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
