import { useEffect, useRef, useState } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { colourOf, SERIES, tokenValue, useShownTheme } from "@/features/team/usage/colours";
import { type Bars, type Series, stacked } from "@/features/team/usage/series";
import { useT } from "@/i18n";

const HEIGHT = 240;
const number = (value: number) => value.toLocaleString(undefined, { maximumFractionDigits: 3 });

/** Stacked bars, one for each day or week. What they say stands in a table beside it: this is a picture of that. */
export function Plot({
  label,
  bars,
  series,
  barName,
}: {
  label: string;
  bars: Bars;
  series: Series[];
  barName: (day: string) => string;
}) {
  const box = useRef<HTMLDivElement>(null);
  const theme = useShownTheme();
  const [hovered, setHovered] = useState<{ bar: number; left: number }>();

  // biome-ignore lint/correctness/useExhaustiveDependencies: another theme has other colours
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const plot = new uPlot(
      options(element.clientWidth, bars, series.length, barName, setHovered),
      // The tallest first: those below are drawn over it.
      [bars.days.map((_, bar) => bar), ...stacked(series).toReversed()],
      element,
    );
    const observer = new ResizeObserver(([entry]) => {
      if (entry) plot.setSize({ width: Math.floor(entry.contentRect.width), height: HEIGHT });
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
      plot.destroy();
    };
  }, [bars, series, barName, theme]);

  return (
    <div className="relative min-w-0">
      <div ref={box} role="img" aria-label={label} className="h-60 w-full min-w-0 overflow-hidden" />
      {hovered && <Hovered {...hovered} bars={bars} series={series} barName={barName} />}
    </div>
  );
}

function Hovered({
  bar,
  left,
  bars,
  series,
  barName,
}: {
  bar: number;
  left: number;
  bars: Bars;
  series: Series[];
  barName: (day: string) => string;
}) {
  const t = useT();
  const day = bars.days[bar];
  if (day === undefined) return null;
  const spent = series.filter((one) => (one.values[bar] ?? 0) > 0);
  const right = left > 0.5;
  return (
    <div
      aria-hidden="true"
      className="pointer-events-none absolute top-2 z-10 max-w-60 rounded-control border border-line bg-raised px-3 py-2 text-xs shadow-lg"
      style={right ? { right: `${(1 - left) * 100 + 3}%` } : { left: `${left * 100 + 3}%` }}
    >
      <p className="font-medium">{barName(day)}</p>
      {spent.length === 0 && <p className="text-quiet">{t("team.usage.nothing")}</p>}
      {spent.map((one) => (
        <p key={one.subject} className="flex items-center gap-1.5">
          <span
            className="size-2.5 shrink-0 rounded-sm"
            style={{ background: colourOf(series.indexOf(one)) }}
          />
          <span className="min-w-0 truncate">{one.name}</span>
          <span className="ml-auto pl-2 tabular-nums">{number(one.values[bar] ?? 0)}</span>
        </p>
      ))}
    </div>
  );
}

function options(
  width: number,
  bars: Bars,
  count: number,
  barName: (day: string) => string,
  onHover: (at: { bar: number; left: number } | undefined) => void,
): uPlot.Options {
  const axis = {
    stroke: tokenValue("--quiet"),
    font: "12px 'Inter Variable', sans-serif",
    ticks: { show: false },
  };
  const paths = uPlot.paths.bars?.({ size: [0.8, 48], radius: 0.1 });
  return {
    width,
    height: HEIGHT,
    padding: [12, 24, 0, 0],
    legend: { show: false },
    cursor: {
      y: false,
      drag: { x: false, y: false },
      points: { show: false },
    },
    hooks: {
      setCursor: [
        (plot) => {
          const bar = plot.cursor.idx;
          const left = plot.cursor.left ?? -1;
          onHover(
            bar === null || bar === undefined || left < 0
              ? undefined
              : { bar, left: (plot.bbox.left / devicePixelRatio + left) / plot.width },
          );
        },
      ],
    },
    scales: {
      x: { time: false, range: [-0.6, bars.days.length - 0.4] },
      y: { range: (_plot, _low, high) => [0, high > 0 ? high * 1.08 : 1] },
    },
    axes: [
      {
        ...axis,
        grid: { show: false },
        space: 64,
        incrs: [1, 2, 5, 7, 10, 14, 20, 30, 60],
        values: (_plot, places) =>
          places.map((place) => {
            const day = Number.isInteger(place) ? bars.days[place] : undefined;
            return day ? barName(day) : "";
          }),
      },
      {
        ...axis,
        size: 52,
        grid: { stroke: tokenValue("--line"), width: 1 },
        values: (_plot, values) => values.map(number),
      },
    ],
    series: [
      {},
      ...Array.from({ length: count }, (_, place) => {
        const variable = SERIES[(count - 1 - place) % SERIES.length] ?? SERIES[0];
        return {
          fill: tokenValue(variable),
          // A line of the surface's colour tells neighbours apart without their colours.
          stroke: tokenValue("--surface"),
          width: count > 1 ? 1 : 0,
          ...(paths ? { paths } : {}),
          points: { show: false },
        };
      }),
    ],
  };
}
