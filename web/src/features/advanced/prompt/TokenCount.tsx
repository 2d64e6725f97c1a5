import { Popover } from "radix-ui";
import type { Counted } from "@/api/schema.gen";
import { cx } from "@/design/cx";
import { useT } from "@/i18n";

/** How full the text encoder's chunks are: the last one in numbers, all of them behind it. */
export function TokenCount({ counted, stale }: { counted: Counted | null | undefined; stale: boolean }) {
  const t = useT();
  if (!counted)
    return <span className="text-sm tabular-nums text-quiet">{t("advanced.tokens.unknown")}</span>;
  const { chunks, limit, total } = counted;
  const last = chunks.at(-1)?.tokens ?? 0;
  const shown =
    chunks.length > 1
      ? t("advanced.tokens.several", { last, limit, chunks: chunks.length })
      : t("advanced.tokens.one", { last, limit });
  return (
    <Popover.Root>
      <Popover.Trigger
        aria-label={t("advanced.tokens.label", { shown, total, chunks: chunks.length })}
        className={cx(
          "rounded-md px-1.5 py-0.5 text-sm tabular-nums text-quiet hover:bg-hover hover:text-ink",
          stale && "text-quiet",
        )}
      >
        {shown}
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          align="end"
          sideOffset={6}
          collisionPadding={8}
          className="z-50 max-h-80 w-80 max-w-[94vw] overflow-y-auto rounded-control border border-line bg-raised p-3 text-sm text-ink shadow-xl"
        >
          <p className="text-quiet">{t("advanced.tokens.explain", { limit })}</p>
          <ol className="mt-2 flex flex-col gap-2">
            {chunks.map((chunk, place) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: chunks are their places
              <li key={place} className="flex flex-col gap-1">
                <span className="font-medium tabular-nums">
                  {t("advanced.tokens.chunk", { place: place + 1, tokens: chunk.tokens, limit })}
                </span>
                <span className="h-1 overflow-hidden rounded-full bg-hover">
                  <span
                    className="block h-full bg-accent"
                    style={{ width: `${(100 * chunk.tokens) / limit}%` }}
                  />
                </span>
                <span className="break-words text-quiet">{chunk.text || t("advanced.tokens.empty")}</span>
              </li>
            ))}
          </ol>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
