import { ListFilter, Search, X } from "lucide-react";
import { Collapsible } from "radix-ui";
import { useEffect, useRef, useState } from "react";
import { Button } from "@/design/Button";
import { INPUT } from "@/design/Field";
import { FilterPanel } from "@/features/gallery/FilterPanel";
import { useT } from "@/i18n";
import { type Filters, narrowing } from "@/pictures/filters";

type Change = (changes: { [K in keyof Filters]?: Filters[K] | undefined }) => void;
const PAUSE_MS = 300;

/** Words to find pictures by, further filters behind a button, and what narrows the list now. */
export function SearchBar({ filters, onChange }: { filters: Filters; onChange: Change }) {
  const t = useT();
  const others = narrowing({ ...filters, text: "" });
  const [open, setOpen] = useState(false);
  return (
    <Collapsible.Root open={open} onOpenChange={setOpen} className="mb-3 flex flex-col gap-3">
      <div className="flex gap-2">
        <Words key={`${filters.board}/${filters.bin}`} filters={filters} onChange={onChange} />
        <Collapsible.Trigger asChild>
          <Button aria-label={t("gallery.filter.button", { count: others })}>
            <ListFilter size={18} aria-hidden="true" />
            <span className="max-sm:hidden">{t("gallery.filter.title")}</span>
            {others > 0 && (
              <span className="rounded-full bg-accent px-1.5 text-xs font-semibold text-on-accent">
                {others}
              </span>
            )}
          </Button>
        </Collapsible.Trigger>
      </div>
      <Collapsible.Content className="rounded-card border border-line bg-surface p-4">
        <FilterPanel filters={filters} onChange={onChange} />
      </Collapsible.Content>
      {others > 0 && !open && <Chips filters={filters} onChange={onChange} />}
    </Collapsible.Root>
  );
}

/** Typed words go into the address when the typing rests; what comes from the address is shown. */
function Words({ filters, onChange }: { filters: Filters; onChange: Change }) {
  const t = useT();
  const [words, setWords] = useState(filters.text ?? "");
  const sent = useRef(filters.text ?? "");
  useEffect(() => {
    if ((filters.text ?? "") === sent.current) return;
    sent.current = filters.text ?? "";
    setWords(sent.current);
  }, [filters.text]);
  useEffect(() => {
    const text = words.trim();
    if (text === sent.current.trim()) return;
    const timer = setTimeout(() => {
      sent.current = text;
      onChange({ text: text || undefined });
    }, PAUSE_MS);
    return () => clearTimeout(timer);
  }, [words, onChange]);
  return (
    <div className="relative min-w-0 flex-1">
      <Search
        size={17}
        aria-hidden="true"
        className="pointer-events-none absolute left-3 top-1/2 -translate-y-1/2 text-quiet"
      />
      <input
        type="search"
        aria-label={t("gallery.search")}
        title={t("gallery.searchHelp")}
        placeholder={t("gallery.searchHint")}
        className={`${INPUT} h-10 pl-9 [&::-webkit-search-cancel-button]:hidden`}
        value={words}
        maxLength={400}
        onChange={(event) => setWords(event.target.value)}
        onKeyDown={(event) => event.key === "Escape" && setWords("")}
      />
      {words && (
        <button
          type="button"
          aria-label={t("gallery.searchClear")}
          className="absolute right-1.5 top-1/2 grid size-7 -translate-y-1/2 place-items-center rounded-md text-quiet hover:bg-hover"
          onClick={() => setWords("")}
        >
          <X size={15} aria-hidden="true" />
        </button>
      )}
    </div>
  );
}

/** What narrows the list, each with a way to take it away. */
function Chips({ filters, onChange }: { filters: Filters; onChange: Change }) {
  const t = useT();
  const chips: { label: string; off: Parameters<Change>[0] }[] = [
    ...(filters.model ? [{ label: filters.model, off: { model: undefined } }] : []),
    ...(filters.kind ? [{ label: t(`gallery.filter.${filters.kind}`), off: { kind: undefined } }] : []),
    ...(filters.rating
      ? [{ label: t("gallery.filter.starsOrMore", { count: filters.rating }), off: { rating: undefined } }]
      : []),
    ...(filters.from
      ? [{ label: t("gallery.filter.since", { day: filters.from }), off: { from: undefined } }]
      : []),
    ...(filters.to
      ? [{ label: t("gallery.filter.until", { day: filters.to }), off: { to: undefined } }]
      : []),
    ...(filters.tags ?? []).map((tag) => {
      const rest = filters.tags?.filter((other) => other !== tag);
      return { label: `#${tag}`, off: { tags: rest?.length ? rest : undefined } };
    }),
    ...(filters.mine ? [{ label: t("gallery.filter.mine"), off: { mine: undefined } }] : []),
    ...(filters.job ? [{ label: t("gallery.filter.ofJob"), off: { job: undefined } }] : []),
  ];
  const nothing = { model: undefined, kind: undefined, rating: undefined, from: undefined, to: undefined };
  return (
    <ul className="flex flex-wrap items-center gap-1.5" aria-label={t("gallery.filter.now")}>
      {chips.map(({ label, off }) => (
        <li key={label}>
          <button
            type="button"
            aria-label={t("gallery.filter.remove", { name: label })}
            className="flex min-h-8 items-center gap-1.5 rounded-full bg-accent-soft px-3 text-sm text-accent-ink hover:brightness-110"
            onClick={() => onChange(off)}
          >
            {label}
            <X size={14} aria-hidden="true" />
          </button>
        </li>
      ))}
      <li>
        <Button
          size="sm"
          kind="ghost"
          onClick={() => onChange({ ...nothing, tags: undefined, mine: undefined, job: undefined })}
        >
          {t("gallery.filter.clear")}
        </Button>
      </li>
    </ul>
  );
}
