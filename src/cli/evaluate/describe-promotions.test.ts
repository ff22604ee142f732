import { expect, test } from "vitest";
import type { PromotionReview } from "../../domain/policy-evidence.ts";
import type { PromotionRecord } from "../../engine/views/list-promotions.ts";
import { describeAnchor, describePromotions } from "./describe-promotions.ts";

const live: PromotionReview = {
  version: 8,
  replaced: 7,
  since: 0,
  looks: 2,
  action: "confirm",
  reason: "better",
  serving: { users: 1900, rows: 9000, meanReward: 0.22 },
  holdback: { users: 100, rows: 480, meanReward: 0.2 },
  difference: 0.02,
  standardError: 0.005,
  interval: [0.002, 0.038],
  relativeLift: 0.1,
  relativeInterval: [0.01, 0.19],
};
const predicted = { relativeLift: 0.2, relativeInterval: [0.05, 0.35] } as const;
const record: PromotionRecord = {
  version: 8,
  scenario: "items",
  status: "serving",
  promotion: {
    replaced: 7,
    promotedAt: Date.UTC(2026, 2, 1, 12),
    holdbackShare: 0.05,
    predicted,
  },
  realised: live,
};
const { realised: _, ...unseen } = record;
const rowsOf = (text: string) => text.split("\n").map((line) => line.replace(/[│ ]+/g, " ").trim());

test("each promotion stands with both lifts, and how its comparison ended", () => {
  const rows = rowsOf(
    describePromotions(
      [
        record,
        { ...record, realised: { ...live, action: "keep" }, status: "retired" },
        { ...record, realised: { ...live, action: "roll-back" }, status: "rolled-back" },
        { ...unseen, promotion: { ...record.promotion, holdbackShare: 0 } },
        unseen,
      ],
      ["items"],
    ),
  );
  const lifts = "+20 % (+5 % to +35 %) +10 % (+1 % to +19 %) 1900 / 100";
  const start = "8 items 7 2026-03-01T12:00";
  expect(rows).toContain(`${start} ${lifts} confirmed`);
  expect(rows).toContain(`${start} ${lifts} replaced before a result`);
  expect(rows).toContain(`${start} ${lifts} rolled back`);
  expect(rows).toContain(`${start} +20 % (+5 % to +35 %) – – not compared`);
  expect(rows).toContain(`${start} +20 % (+5 % to +35 %) – – being compared`);
  expect(rows.at(-1)).toBe(
    "3 with both lifts: predicted +20 % on average, realised +10 %; the realised interval holds the predicted lift in 0.",
  );
});

test("without promotions, or without looks, that is said", () => {
  expect(describePromotions([], ["items", "ads"])).toBe(
    "No policy of scenario items was promoted yet.\nNo policy of scenario ads was promoted yet.",
  );
  expect(describePromotions([unseen], ["items"])).toMatch(/No promotion has both lifts yet\.$/);
});

test("a scenario without promotions stands beside those that have some", () => {
  expect(describePromotions([unseen], ["items", "ads"])).toMatch(
    /No promotion has both lifts yet\.\nNo policy of scenario ads was promoted yet\.$/,
  );
});

test("the gain of all promotions together is told once the anchor was compared", () => {
  const cycle = { cycle: 4, scenario: "items", outcome: "hold", reason: "", startedAt: 0 };
  const ended = { ...cycle, outcome: "hold", finishedAt: 1, throughSequence: 1 } as const;
  const anchor = {
    version: 2,
    since: 0,
    relativeLift: 0.3,
    relativeInterval: [0.1, 0.5] as const,
    serving: { users: 900, rows: 4000 },
    anchor: { users: 9, rows: 40 },
  };
  expect(describeAnchor({ ...ended, record: { anchor } })).toEqual([
    "All promotions of items together: +30 % (+10 % to +50 %), 900 users against 9 of anchor 2.",
  ]);
  expect(describeAnchor({ ...ended, record: {} })).toEqual([]);
});
