import { expect, test } from "vitest";
import { strategyNames } from "../../lab/closed-loop/strategy.ts";
import {
  compareStrategies,
  countPromotions,
  cycleEstimate,
  estimate,
  groupRewards,
  meanEstimate,
} from "./compare.ts";
import type { SimulationJob } from "./job.ts";
import { formatComparisons, formatEstimate, formatRewards } from "./tables.ts";
import { describeTarget, judge } from "./target.ts";

const settings = { drift: false, cycles: 2, decisionsPerCycle: 100, data: "" } as const;

/** By strategy, two seeds with two cycles. */
const given = {
  mpo: [
    [0.1, 0.5],
    [0.3, 0.6],
  ],
  popularity: [
    [0.1, 0.2],
    [0.3, 0.4],
  ],
  "epsilon-greedy": [
    [0.1, 0.4],
    [0.3, 0.6],
  ],
  softmax: [
    [0.1, 0.1],
    [0.3, 0.1],
  ],
};
const results = [1, 2].flatMap((seed) =>
  strategyNames.map((strategy) => ({
    job: { ...settings, world: "synthetic", seed, strategy } satisfies SimulationJob,
    rewards: given[strategy][seed - 1]!.map((meanReward, index) => ({
      cycle: index + 1,
      meanReward,
      standardError: 0.01,
      note: "hold",
    })),
  })),
);
const rewards = groupRewards(results);

test("rewards are grouped by strategy and seed, and estimated over seeds", () => {
  expect(rewards).toEqual(given);
  expect(estimate([1, 2, 3])).toEqual({ mean: 2, standardError: Math.sqrt(1 / 3) });
  expect(cycleEstimate(rewards.mpo, 1).mean).toBeCloseTo(0.55, 12);
  expect(cycleEstimate(rewards.mpo, 1).standardError).toBeCloseTo(0.05, 12);
  expect(meanEstimate(rewards.mpo).mean).toBeCloseTo(0.375, 12);
});

test("promotions are MPO's, and count before an encoder too", () => {
  const notes = ["promote, the encoder stays", "promote", "hold", "promote"];
  const noted = results.map((one, index) => ({
    ...one,
    // By seed, then by strategy: MPO comes first in each.
    rewards: one.rewards.map((reward, cycle) => ({
      ...reward,
      note: one.job.strategy === "mpo" ? notes[index === 0 ? cycle : 2 + cycle]! : "promote",
    })),
  }));
  expect(countPromotions(noted, 2)).toEqual([1, 2]);
  expect(countPromotions(results, 2)).toEqual([0, 0]);
});

test("differences are taken seed by seed", () => {
  const [popularity, greedy] = compareStrategies(rewards);
  // Means over cycles: 0.3 and 0.45 against 0.15 and 0.35.
  expect(popularity!.other).toBe("popularity");
  expect(popularity!.difference.mean).toBeCloseTo(0.125, 12);
  expect(popularity!.difference.standardError).toBeCloseTo(0.025, 12);
  expect(popularity!.lastDifference.mean).toBeCloseTo(0.25, 12);
  expect(popularity!.lastOther.mean).toBeCloseTo(0.3, 12);
  expect(popularity!.ratio).toBeCloseTo(1.5, 12);
  expect(greedy!.lastDifference.mean).toBeCloseTo(0.05, 12);
});

test("the synthetic target looks at the best other and at popularity", () => {
  const comparisons = compareStrategies(rewards);
  const target = judge({ world: "synthetic", drift: true }, comparisons);
  expect(describeTarget(target)).toBe(
    "simulate-synthetic-drift: 1.071 of the best other, 1.50 of popularity (target ≥ 0.98 and ≥ 1.5)",
  );
  expect(target.isMet).toBe(true);
  const isMet = (changed: Partial<(typeof comparisons)[number]>) =>
    judge(
      { world: "synthetic", drift: false },
      comparisons.map((one) => (one.other === "popularity" ? { ...one, ...changed } : one)),
    ).isMet;
  expect(isMet({ ratio: 1.49 })).toBe(false);
  const fast = { ...comparisons[1]!, other: "mpo+fast" as const, ratio: 0.5 };
  expect(judge({ world: "synthetic", drift: false }, [...comparisons, fast]).isMet).toBe(true);
  const weak = comparisons.map((one) => (one.other === "softmax" ? { ...one, ratio: 0.97 } : one));
  expect(judge({ world: "synthetic", drift: false }, weak).isMet).toBe(false);
});

test("the jester target counts paired standard errors of the last cycle", () => {
  const comparisons = compareStrategies(rewards);
  // 0.3 and 0.2 apart: 0.25 ± 0.05.
  const target = judge({ world: "jester", drift: false }, comparisons);
  expect(describeTarget(target)).toBe(
    "simulate-jester: 5.0 standard errors above popularity in the last cycle (target > 3)",
  );
  expect(target.isMet).toBe(true);
  const one = compareStrategies(groupRewards(results.slice(0, 4)));
  const ofOne = judge({ world: "jester", drift: false }, one);
  expect(ofOne.isMet).toBe(false);
  expect(ofOne.figure).toBe("– standard errors above popularity in the last cycle");
});

test("the catalogue target looks at the frozen policy and at nightly training", () => {
  const comparison = (other: "frozen" | "nightly", mean: number) => ({
    other,
    difference: { mean: 0, standardError: 1 },
    seeds: 5,
    lastDifference: { mean, standardError: 0.02 },
    lastOther: { mean: 0.8, standardError: 0.1 },
    ratio: 1,
  });
  const world = { world: "catalogue", drift: false } as const;
  const target = judge(world, [comparison("frozen", 0.08), comparison("nightly", -0.06)]);
  // Student's 0.975 quantile of 4 degrees is 2.776: (−0.06 + 2.776 · 0.02)/0.8 is −0.6 %.
  expect(describeTarget(target)).toBe(
    "simulate-catalogue: 4.0 standard errors above frozen, at best -0.6 % above nightly in the last cycle (target > 3 and ≥ -1 %)",
  );
  expect(target.isMet).toBe(true);
  const isMet = (frozen: number, nightly: number) =>
    judge(world, [comparison("frozen", frozen), comparison("nightly", nightly)]).isMet;
  expect([isMet(0.05, -0.06), isMet(0.08, -0.07)]).toEqual([false, false]);
  expect(() => judge(world, [comparison("frozen", 1)])).toThrow("nightly was not compared with");
});

test("tables have a row for each cycle with every strategy, and one for each comparison", () => {
  expect(formatRewards(rewards, [0, 2])).toBe(
    [
      "┌───────┬─────────────────┬─────────────────┬─────────────────┬─────────────────┬──────────┐",
      "│ cycle │             mpo │      popularity │  epsilon-greedy │         softmax │ promoted │",
      "├───────┼─────────────────┼─────────────────┼─────────────────┼─────────────────┼──────────┤",
      "│     1 │ 0.2000 ± 0.1000 │ 0.2000 ± 0.1000 │ 0.2000 ± 0.1000 │ 0.2000 ± 0.1000 │   0 of 2 │",
      "│     2 │ 0.5500 ± 0.0500 │ 0.3000 ± 0.1000 │ 0.5000 ± 0.1000 │ 0.1000 ± 0.0000 │   2 of 2 │",
      "│  mean │ 0.3750 ± 0.0750 │ 0.2500 ± 0.1000 │ 0.3500 ± 0.1000 │ 0.1500 ± 0.0500 │          │",
      "└───────┴─────────────────┴─────────────────┴─────────────────┴─────────────────┴──────────┘",
    ].join("\n"),
  );
  const lines = formatComparisons(compareStrategies(rewards)).split("\n");
  expect(lines[3]).toBe("│ popularity     │  0.1250 ± 0.0250 │ 0.2500 ± 0.0500 │ 1.500 │");
  expect(formatEstimate({ mean: 0.5, standardError: Number.NaN })).toBe("0.5000 ± –");
});
