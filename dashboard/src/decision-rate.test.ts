import { expect, test } from "vitest";
import { decisionRate, keepCounts } from "./decision-rate.ts";

const start = Date.parse("2026-11-25T00:00:00Z");
const count = (seconds: number, decisions: number) => ({ at: start + seconds * 1000, decisions });

test("the rate is what came within a minute of looks, and none before the second look", () => {
  const first = keepCounts([], count(0, 500));
  expect(decisionRate(first)).toBeUndefined();
  const second = keepCounts(first, count(30, 550));
  expect(decisionRate(second)).toBeCloseTo(100, 12);
  const later = keepCounts(second, count(61, 550));
  expect(later).toEqual([count(30, 550), count(61, 550)]);
  expect(decisionRate(later)).toBe(0);
});

test("two looks at one moment are one", () => {
  expect(keepCounts([count(0, 500)], count(0, 501))).toEqual([count(0, 501)]);
});
