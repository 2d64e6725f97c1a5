import fc from "fast-check";
import { expect, test } from "vitest";
import type { LedgerEntry } from "@/api/schema.gen";
import { changeOf, flowsOf } from "@/features/team/credits/postings";

const ACCOUNTS: LedgerEntry["account"][] = ["available", "held", "granted", "spent", "expired", "adjusted"];

test("what a job was charged, and what came back of it", () => {
  const entries: LedgerEntry[] = [
    { account: "held", amount_microcredits: -4_000_000 },
    { account: "spent", amount_microcredits: 3_000_000 },
    { account: "available", amount_microcredits: 1_000_000 },
  ];
  expect(flowsOf(entries)).toEqual({
    from: [{ account: "held", micro: 4_000_000 }],
    to: [
      { account: "spent", micro: 3_000_000 },
      { account: "available", micro: 1_000_000 },
    ],
  });
  expect(changeOf({ entries }, "available")).toBe(1_000_000);
  expect(changeOf({ entries }, "granted")).toBe(0);
});

test("both sides of a posting that comes to zero are the same", () => {
  const entry = fc.record({
    account: fc.constantFrom(...ACCOUNTS),
    amount_microcredits: fc.integer({ min: -1e9, max: 1e9 }),
  });
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 6 }), (some) => {
      const rest = -some.reduce((sum, one) => sum + one.amount_microcredits, 0);
      const { from, to } = flowsOf([...some, { account: "adjusted", amount_microcredits: rest }]);
      const sum = (flows: { micro: number }[]) => flows.reduce((total, flow) => total + flow.micro, 0);
      expect(sum(from)).toBe(sum(to));
      expect([...from, ...to].every((flow) => flow.micro > 0)).toBe(true);
    }),
  );
});
