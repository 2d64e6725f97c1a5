import { useMemo } from "react";
import type { UsageItem } from "@/api/schema.gen";
import { Card } from "@/design/Layout";
import { Plot } from "@/features/team/usage/Plot";
import { barsOf, type Series, type Span, seriesOf } from "@/features/team/usage/series";
import { useT } from "@/i18n";

/** A day, short and without its year: "22 Nov". */
export const shortDay = (day: string) =>
  new Date(`${day}T00:00:00Z`).toLocaleDateString(undefined, {
    day: "numeric",
    month: "short",
    timeZone: "UTC",
  });

/** All that was spent, day by day: plot and table. */
export function ByDay({ items, span }: { items: UsageItem[]; span: Span }) {
  const t = useT();
  const bars = useMemo(() => barsOf(span.days), [span]);
  const total = useMemo(() => {
    const each = seriesOf(items, span.days, bars, items.length + 1, "");
    const one: Series = {
      subject: "all",
      name: t("team.usage.credits"),
      jobs: 0,
      total: each.reduce((sum, series) => sum + series.total, 0),
      values: bars.days.map((_, bar) => each.reduce((sum, series) => sum + (series.values[bar] ?? 0), 0)),
    };
    return [one];
  }, [items, span, bars, t]);
  const title = bars.each === 1 ? t("team.usage.perDay") : t("team.usage.perWeek");
  const values = total[0]?.values ?? [];
  return (
    <Card title={title}>
      <div className="grid gap-4 lg:grid-cols-[1fr_15rem]">
        <Plot label={t("team.usage.plotOfDays")} bars={bars} series={total} barName={shortDay} />
        <section
          aria-label={t("team.usage.table", { what: title })}
          tabIndex={0}
          className="max-h-60 overflow-y-auto rounded-control border border-line"
        >
          <table className="w-full text-sm">
            <thead className="sticky top-0 bg-surface text-quiet">
              <tr className="border-b border-line">
                <th scope="col" className="px-3 py-1.5 text-left font-medium">
                  {bars.each === 1 ? t("team.usage.day") : t("team.usage.week")}
                </th>
                <th scope="col" className="px-3 py-1.5 text-right font-medium">
                  {t("team.usage.credits")}
                </th>
              </tr>
            </thead>
            <tbody>
              {bars.days.map((_, place) => {
                // The latest first: it is what one looks for.
                const bar = bars.days.length - 1 - place;
                const day = bars.days[bar] ?? "";
                return (
                  <tr key={day} className="border-b border-line/60 last:border-0">
                    <th scope="row" className="px-3 py-1 text-left font-normal">
                      {shortDay(day)}
                    </th>
                    <td className="px-3 py-1 text-right tabular-nums">
                      {(values[bar] ?? 0).toLocaleString(undefined, { maximumFractionDigits: 3 })}
                    </td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </section>
      </div>
    </Card>
  );
}
