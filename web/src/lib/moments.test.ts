import { expect, test } from "vitest";
import { ago } from "@/lib/moments";

const NOW = Date.parse("2026-03-15T12:00:00Z");

test.each([
  ["2026-03-15T11:59:40Z", "now"],
  ["2026-03-15T11:58:00Z", "2 minutes ago"],
  ["2026-03-15T09:00:00Z", "3 hours ago"],
  ["2026-03-14T12:00:00Z", "yesterday"],
  // A week's invitation, a moment after it was made.
  ["2026-03-22T11:59:58Z", "in 7 days"],
  ["2026-06-13T11:59:58Z", "in 3 months"],
  ["2024-03-15T12:00:00Z", "2 years ago"],
])("%s is %s", (iso, said) => {
  expect(ago(iso, NOW)).toBe(said);
});
