import fc from "fast-check";
import { expect, test } from "vitest";
import type { LedgerEntry, LedgerPosting } from "@/api/schema.gen";
import { changeOf, flowsOf, groupsOf } from "@/features/team/credits/postings";

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

test("what happened to a job stands together, and nothing is lost", () => {
  const posting = fc.record({
    job_id: fc.option(fc.constantFrom("a", "b", "c"), { nil: null }),
    micro: fc.integer(),
  });
  fc.assert(
    fc.property(fc.array(posting, { maxLength: 20 }), (some) => {
      const postings = some.map(({ job_id, micro }, place) => ({
        id: `posting-${place}`,
        job_id,
        entries: [{ account: "available", amount_microcredits: micro }],
      })) as unknown as LedgerPosting[];
      const groups = groupsOf(postings);
      expect(groups.flatMap((group) => group.postings)).toHaveLength(postings.length);
      expect(groups.reduce((sum, group) => sum + group.change, 0)).toBe(
        some.reduce((sum, one) => sum + one.micro, 0),
      );
      for (const group of groups) {
        expect(new Set(group.postings.map((one) => one.job_id)).size).toBe(1);
        expect(group.job || group.postings.length === 1).toBe(true);
      }
      // Each stands where its latest does.
      expect(groups.map((group) => group.postings[0])).toEqual(
        postings.filter(
          (one, place) => !one.job_id || some.findIndex((other) => other.job_id === one.job_id) === place,
        ),
      );
    }),
  );
});
