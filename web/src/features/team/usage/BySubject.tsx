import { type ReactNode, useMemo } from "react";
import type { UsageItem } from "@/api/schema.gen";
import { Card } from "@/design/Layout";
import { shortDay } from "@/features/team/usage/ByDay";
import { colourOf, SERIES } from "@/features/team/usage/colours";
import { Plot } from "@/features/team/usage/Plot";
import { barsOf, type Division, type Span, seriesOf } from "@/features/team/usage/series";
import { type Text, useT } from "@/i18n";

const KINDS = ["txt2img", "img2img", "inpaint", "outpaint", "upscale", "preprocess", "workflow"];

/** What was spent by person, kind, model or team: stacked bars, and a table that is their legend too. */
export function BySubject({
  items,
  span,
  by,
  choice,
}: {
  items: UsageItem[];
  span: Span;
  by: Division;
  choice: ReactNode;
}) {
  const t = useT();
  const bars = useMemo(() => barsOf(span.days), [span]);
  const series = useMemo(() => {
    const name = (item: UsageItem) =>
      by === "kind" && KINDS.includes(item.subject)
        ? t(`team.usage.kinds.${item.subject}` as Text)
        : item.name || t(by === "team" ? "team.members.noTeam" : "team.usage.unknown");
    const named = items.map((item) => ({ ...item, name: name(item) }));
    return seriesOf(named, span.days, bars, SERIES.length, t("team.usage.others"));
  }, [items, span, bars, by, t]);
  const all = series.reduce((sum, one) => sum + one.total, 0);
  const title = t(`team.usage.titles.${by}`);
  return (
    <Card title={title}>
      <div className="-mt-1 mb-4">{choice}</div>
      <div className="grid gap-4 lg:grid-cols-[1fr_22rem]">
        <Plot
          label={t("team.usage.plotOf", { what: title })}
          bars={bars}
          series={series}
          barName={shortDay}
        />
        <table aria-label={t("team.usage.table", { what: title })} className="w-full self-start text-sm">
          <thead className="text-quiet">
            <tr className="border-b border-line">
              <th scope="col" className="py-1.5 pr-2 text-left font-medium">
                {t(`team.usage.divisions.${by}`)}
              </th>
              <th scope="col" className="px-2 py-1.5 text-right font-medium">
                {t("team.usage.jobs")}
              </th>
              <th scope="col" className="px-2 py-1.5 text-right font-medium">
                {t("team.usage.credits")}
              </th>
              <th scope="col" className="py-1.5 pl-2 text-right font-medium">
                {t("team.usage.share")}
              </th>
            </tr>
          </thead>
          <tbody>
            {series.map((one, place) => (
              <tr key={one.subject} className="border-b border-line/60 last:border-0">
                <th scope="row" className="py-1.5 pr-2 text-left font-normal">
                  <span className="flex items-center gap-2">
                    <span
                      aria-hidden="true"
                      className="size-3 shrink-0 rounded-sm"
                      style={{ background: colourOf(place) }}
                    />
                    <span className="min-w-0 break-words">{one.name}</span>
                  </span>
                </th>
                <td className="px-2 py-1.5 text-right tabular-nums">{one.jobs.toLocaleString()}</td>
                <td className="px-2 py-1.5 text-right tabular-nums">
                  {one.total.toLocaleString(undefined, { maximumFractionDigits: 3 })}
                </td>
                <td className="py-1.5 pl-2 text-right tabular-nums">
                  {(all > 0 ? one.total / all : 0).toLocaleString(undefined, { style: "percent" })}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Card>
  );
}
