import { expect, test } from "vitest";
import { createRandom } from "../numeric/random.ts";
import { pace, shareUntil, slotMs, slotsPerDay, trafficCurve, unpaced } from "./pacing.ts";

test("without days before, a day's traffic is even, and else it is theirs", () => {
  const even = trafficCurve(new Map());
  expect(shareUntil(even, 6 * 3_600_000)).toBeCloseTo(0.25, 12);
  const busy = trafficCurve(
    new Map([
      [0, 3],
      [slotsPerDay - 1, 1],
    ]),
  );
  expect(shareUntil(busy, slotMs / 2)).toBeCloseTo(0.375, 12);
  expect(shareUntil(busy, 12 * 3_600_000)).toBeCloseTo(0.75, 12);
  expect([-1, 0, 86_400_000, 1e12].map((time) => shareUntil(busy, time))).toEqual([0, 0, 1, 1]);
});

/** Spend by slot of a day whose spend at the full bid would be `demand` budgets. */
function playDay(demand: number, clicks: number, seed: number) {
  const random = createRandom(seed);
  let pacing = unpaced;
  let spend = 0;
  const leads: number[] = [];
  for (let slot = 0; slot < slotsPerDay; slot++) {
    const lead = spend - slot / slotsPerDay;
    leads.push(lead);
    pacing = pace(pacing, lead, 1 / slotsPerDay);
    expect(pacing.factor).toBeGreaterThan(0);
    expect(pacing.factor).toBeLessThanOrEqual(1);
    // Poisson clicks, by many rare chances.
    const expected = (clicks * demand * pacing.factor) / slotsPerDay;
    for (let chance = 0; chance < 100; chance++)
      if (random.uniform() < expected / 100) spend += 1 / clicks;
  }
  return { leads, spend };
}

test.each([1.2, 3, 20])("a demand of %d budgets is spent as the day goes", (demand) => {
  const { leads, spend } = playDay(demand, 500, 1);
  expect(Math.max(...leads.map(Math.abs))).toBeLessThan(0.1);
  expect(Math.max(...leads.slice(slotsPerDay / 4).map(Math.abs))).toBeLessThan(0.05);
  expect(Math.abs(spend - 1)).toBeLessThan(0.05);
});

test("a campaign that lags bids in full", () => {
  expect(pace({ factor: 0.5, integral: -0.2 }, -0.5, 0.01)).toEqual({ factor: 1, integral: 0 });
});
