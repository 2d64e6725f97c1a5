import { Field, INPUT } from "@/design/Field";
import { Select } from "@/design/Select";
import { Switch } from "@/design/Switch";
import { useT } from "@/i18n";
import type { Filters } from "@/pictures/filters";
import { useFacets } from "@/pictures/queries";
import { TagInput } from "@/pictures/TagInput";

/** Values of a select are not empty. */
const ANY = "any";
type Change = (changes: { [K in keyof Filters]?: Filters[K] | undefined }) => void;

/** What the pictures can be narrowed by, beside words. */
export function FilterPanel({ filters, onChange }: { filters: Filters; onChange: Change }) {
  const t = useT();
  const facets = useFacets();
  const models = facets.data?.models ?? [];
  const firstDay = facets.data?.first_at?.slice(0, 10);
  return (
    <div className="grid grid-cols-1 gap-x-4 gap-y-3 sm:grid-cols-2 xl:grid-cols-4">
      <Field label={t("gallery.filter.model")}>
        {(ids) => (
          <Select
            ids={ids}
            value={filters.model ?? ANY}
            onChange={(model) => onChange({ model: model === ANY ? undefined : model })}
            options={[
              { value: ANY, label: t("gallery.filter.anyModel") },
              ...models.map(({ name, count }) => ({
                value: name,
                label: name,
                note: t("gallery.count", { count }),
              })),
              ...(filters.model && !models.some(({ name }) => name === filters.model)
                ? [{ value: filters.model, label: filters.model }]
                : []),
            ]}
          />
        )}
      </Field>
      <Field label={t("gallery.filter.kind")}>
        {(ids) => (
          <Select
            ids={ids}
            value={filters.kind ?? ANY}
            onChange={(kind) => onChange({ kind: kind === ANY ? undefined : (kind as "output" | "upload") })}
            options={[
              { value: ANY, label: t("gallery.filter.anyKind") },
              { value: "output", label: t("gallery.filter.output") },
              { value: "upload", label: t("gallery.filter.upload") },
            ]}
          />
        )}
      </Field>
      <Field label={t("gallery.filter.rating")}>
        {(ids) => (
          <Select
            ids={ids}
            value={String(filters.rating ?? ANY)}
            onChange={(rating) => onChange({ rating: rating === ANY ? undefined : Number(rating) })}
            options={[
              { value: ANY, label: t("gallery.filter.anyRating") },
              ...[1, 2, 3, 4, 5].map((count) => ({
                value: String(count),
                label:
                  count === 5 ? t("gallery.stars", { count }) : t("gallery.filter.starsOrMore", { count }),
              })),
            ]}
          />
        )}
      </Field>
      <Field label={t("gallery.filter.sort")}>
        {(ids) => (
          <Select
            ids={ids}
            value={filters.sort ?? ANY}
            onChange={(sort) => onChange({ sort: sort === "oldest" ? "oldest" : undefined })}
            options={[
              { value: ANY, label: filters.text ? t("gallery.filter.best") : t("gallery.filter.newest") },
              { value: "oldest", label: t("gallery.filter.oldest") },
            ]}
          />
        )}
      </Field>
      <Field label={t("gallery.filter.from")}>
        {(ids) => (
          <input
            {...ids}
            type="date"
            className={INPUT}
            value={filters.from ?? ""}
            min={firstDay}
            max={filters.to}
            onChange={(event) => onChange({ from: event.target.value || undefined })}
          />
        )}
      </Field>
      <Field label={t("gallery.filter.to")}>
        {(ids) => (
          <input
            {...ids}
            type="date"
            className={INPUT}
            value={filters.to ?? ""}
            min={filters.from ?? firstDay}
            onChange={(event) => onChange({ to: event.target.value || undefined })}
          />
        )}
      </Field>
      <Field label={t("gallery.filter.tags")}>
        {(ids) => (
          <TagInput
            ids={ids}
            tags={filters.tags ?? []}
            suggestions={facets.data?.tags ?? []}
            placeholder={t("gallery.filter.tagsHint")}
            onChange={(tags) => onChange({ tags: tags.length > 0 ? tags : undefined })}
          />
        )}
      </Field>
      <div className="flex items-end pb-1">
        <Switch
          label={t("gallery.filter.mine")}
          checked={filters.mine ?? false}
          onChange={(mine) => onChange({ mine: mine || undefined })}
        />
      </div>
    </div>
  );
}
