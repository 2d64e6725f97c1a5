import fc from "fast-check";
import { expect, test } from "vitest";
import { barsOf, PERIODS, seriesOf, spanOf, stacked } from "@/features/team/usage/series";
import { CREDIT } from "@/lib/credits";

const NOW = new Date("2026-03-15T23:30:00Z");

test("periods have the days that the API counts", () => {
  expect(spanOf("month", NOW)).toMatchObject({ since: new Date("2026-03-01T00:00:00Z"), until: undefined });
  expect(spanOf("month", NOW).days).toHaveLength(15);
  const last = spanOf("last", NOW);
  expect(last.days).toHaveLength(28);
  expect(last.until).toEqual(new Date("2026-03-01T00:00:00Z"));
  expect(spanOf("7d", NOW).days).toEqual([
    "2026-03-09",
    "2026-03-10",
    "2026-03-11",
    "2026-03-12",
    "2026-03-13",
    "2026-03-14",
    "2026-03-15",
  ]);
  expect(spanOf("last", new Date("2026-01-05T00:00:00Z")).days[0]).toBe("2025-12-01");
});

test("a period is never longer than the API takes", () => {
  fc.assert(
    fc.property(
      fc.date({ min: new Date("2000-01-01"), max: new Date("2100-01-01"), noInvalidDate: true }),
      (now) => {
        for (const period of PERIODS) {
          const { since, until, days } = spanOf(period, now);
          expect((until ?? now).getTime() - since.getTime()).toBeLessThanOrEqual(366 * 86_400_000);
          expect(new Set(days).size).toBe(days.length);
          expect(days[0]).toBe(since.toISOString().slice(0, 10));
        }
      },
    ),
  );
});

test("nothing is lost between the items, the bars and the stack", () => {
  const year = spanOf("year", NOW).days;
  const item = fc
    .dictionary(fc.constantFrom(...year), fc.integer({ min: 1, max: 1000 }), { maxKeys: 8 })
    .map((days) => ({
      subject: "a",
      name: "a",
      jobs: Object.keys(days).length,
      spent_microcredits: Object.values(days).reduce((a, b) => a + b, 0) * CREDIT,
      days: Object.fromEntries(Object.entries(days).map(([day, value]) => [day, value * CREDIT])),
    }));
  fc.assert(
    fc.property(fc.array(item, { maxLength: 12 }), fc.integer({ min: 2, max: 8 }), (items, most) => {
      const bars = barsOf(year);
      const series = seriesOf(items, year, bars, most, "others");
      expect(series.length).toBe(Math.min(items.length, most));
      const spent = items.reduce((sum, one) => sum + one.spent_microcredits / CREDIT, 0);
      const tops = stacked(series).at(-1) ?? [];
      expect(tops.reduce((a, b) => a + b, 0)).toBe(spent);
      expect(series.reduce((sum, one) => sum + one.total, 0)).toBe(spent);
      for (const [below, above] of pairs(stacked(series)))
        for (const [bar, value] of above.entries()) expect(value).toBeGreaterThanOrEqual(below[bar] ?? 0);
    }),
  );
});

const pairs = <T>(list: T[]): [T, T][] => list.slice(1).map((one, place) => [list[place] as T, one]);

test("a long time is shown by weeks", () => {
  expect(barsOf(spanOf("90d", NOW).days).each).toBe(1);
  const bars = barsOf(spanOf("year", NOW).days);
  expect(bars.each).toBe(7);
  expect(bars.days).toHaveLength(52);
});
