import type { UsageItem } from "@/api/schema.gen";
import { CREDIT } from "@/lib/credits";

export const PERIODS = ["month", "last", "7d", "30d", "90d", "year"] as const;
export type Period = (typeof PERIODS)[number];
export const DIVISIONS = ["member", "kind", "model", "team"] as const;
export type Division = (typeof DIVISIONS)[number];

export type Span = {
  since: Date;
  /** Undefined: now. */
  until: Date | undefined;
  /** Its days (2026-11-22), all of them, the first before the others. */
  days: string[];
};

const DAY = 86_400_000;
const iso = (time: number) => new Date(time).toISOString().slice(0, 10);
const LENGTH: Record<"7d" | "30d" | "90d" | "year", number> = { "7d": 7, "30d": 30, "90d": 90, year: 364 };

/** What a period is at `now`. Days and months are UTC's, as the API counts. */
export function spanOf(period: Period, now: Date): Span {
  const today = Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate());
  const month = Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 1);
  const [since, end] =
    period === "month"
      ? [month, today]
      : period === "last"
        ? [Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - 1, 1), month - DAY]
        : [today - (LENGTH[period] - 1) * DAY, today];
  const days: string[] = [];
  for (let day = since; day <= end; day += DAY) days.push(iso(day));
  return { since: new Date(since), until: period === "last" ? new Date(month) : undefined, days };
}

/** Bars of a plot: each stands for some days, named by the first of them. */
export type Bars = { days: string[]; each: number };

/** A bar for each day; for each week where there would be too many. */
export function barsOf(days: string[], most = 92): Bars {
  const each = days.length > most ? 7 : 1;
  return { days: days.filter((_, place) => place % each === 0), each };
}

export type Series = {
  subject: string;
  name: string;
  jobs: number;
  /** Credits in all. */
  total: number;
  /** Credits of each bar. */
  values: number[];
};

/** Items as values of bars; those beyond the `most` largest are put together as `others`. */
export function seriesOf(
  items: UsageItem[],
  days: string[],
  bars: Bars,
  most: number,
  others: string,
): Series[] {
  const place = new Map(days.map((day, index) => [day, Math.floor(index / bars.each)]));
  const all = items.map((item): Series => {
    const values = new Array<number>(bars.days.length).fill(0);
    for (const [day, spent] of Object.entries(item.days ?? {})) {
      const bar = place.get(day);
      if (bar !== undefined) values[bar] = (values[bar] ?? 0) + spent / CREDIT;
    }
    const total = item.spent_microcredits / CREDIT;
    return { subject: item.subject, name: item.name, jobs: item.jobs, total, values };
  });
  if (all.length <= most) return all;
  const rest = all.slice(most - 1);
  const sum = (of: (one: Series) => number) => rest.reduce((before, one) => before + of(one), 0);
  return [
    ...all.slice(0, most - 1),
    {
      subject: "others",
      name: others,
      jobs: sum((one) => one.jobs),
      total: sum((one) => one.total),
      values: bars.days.map((_, bar) => sum((one) => one.values[bar] ?? 0)),
    },
  ];
}

/** Each series on top of those before it: what a plot of stacked bars draws. */
export function stacked(series: Series[]): number[][] {
  const below: number[] = [];
  return series.map(({ values }) =>
    values.map((value, bar) => {
      const top = (below[bar] ?? 0) + value;
      below[bar] = top;
      return top;
    }),
  );
}
