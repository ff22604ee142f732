import { beforeAll, describe, expect, test } from "vitest";
import { simulateFeedback, targetValue } from "../../../tests/support/simulated-bandit.ts";
import { createRandom } from "../../numeric/random.ts";
import { meanOf } from "../../numeric/statistics.ts";
import { clusteredStandardError, numberClusters } from "../clusters.ts";
import { asymptoticSequenceInterval } from "./asymptotic-sequence.ts";
import { bettingInterval } from "./betting.ts";
import { clopperPearsonInterval, weightedClopperPearsonInterval } from "./clopper-pearson.ts";
import { clusterBootstrapInterval } from "./cluster-bootstrap.ts";
import { createConfidenceSequence } from "./confidence-sequence.ts";
import { createDifferenceSequence } from "./difference-sequence.ts";
import { empiricalBernsteinInterval } from "./empirical-bernstein.ts";
import { empiricalLikelihoodInterval } from "./empirical-likelihood.ts";
import { hoeffdingInterval } from "./hoeffding.ts";
import type { Interval } from "./interval.ts";
import { normalInterval } from "./normal.ts";
import { studentInterval } from "./student.ts";
import { createWeightedConfidenceSequence } from "./weighted-confidence-sequence.ts";

const seed = 40_961;
const logs = 1000;
const users = 500;
const rowsOfUser = 2;
const rows = users * rowsOfUser;
const rewards = { low: 0, high: 1 };
/** w·r with w ≤ ½ / ⅛. */
const contributions = { low: 0, high: 4 };
const simulation = createRandom(seed).split("simulation");
const random = createRandom(seed).split("bootstrap");

const covers = ({ lower, upper }: Interval, truth: number) => lower <= truth && truth <= upper;

/** One simulated log and the intervals for the value of the target policy. */
function estimateIntervals(): Record<string, Interval> {
  const { rewards: observed, importanceWeights } = simulateFeedback(rows, "wrong", simulation);
  const samples = observed.map((reward, row) => reward * importanceWeights[row]!);
  const value = meanOf(samples);
  const clusters = numberClusters(
    rows,
    Int32Array.from(samples, (_, row) => row % users),
  );
  const standardError = clusteredStandardError(samples, value, clusters);
  const weighted = { rewards: observed, importanceWeights, ...rewards };
  // Valid for any number of rows, so few do.
  const bounded = { samples: samples.subarray(0, 100), ...contributions };
  const ratio = { contributions: samples, denominators: importanceWeights, clusters };
  return {
    normal: normalInterval({ value, standardError }),
    "Student's t": studentInterval({ value, standardError, degreesOfFreedom: users - 1 }),
    "cluster bootstrap": clusterBootstrapInterval({ ...ratio, random, replicates: 250 }),
    "empirical likelihood": empiricalLikelihoodInterval({
      ...weighted,
      weightBounds: contributions,
    }),
    "empirical likelihood without a largest weight": empiricalLikelihoodInterval(weighted),
    Hoeffding: hoeffdingInterval(bounded),
    "empirical Bernstein": empiricalBernsteinInterval(bounded),
    "Clopper–Pearson of a weighted log": weightedClopperPearsonInterval(weighted),
    betting: bettingInterval(bounded),
  };
}

const exact = ["normal", "Student's t", "cluster bootstrap"];

describe(`${logs} simulated logs of ${rows} rows, seed ${seed}`, () => {
  let counts: Record<string, number> = {};
  beforeAll(() => {
    counts = {};
    for (let log = 0; log < logs; log++) {
      for (const [name, interval] of Object.entries(estimateIntervals())) {
        counts[name] = (counts[name] ?? 0) + (covers(interval, targetValue) ? 1 : 0);
      }
    }
  }, 120_000);

  test.each([...exact, "empirical likelihood"])("95 % of %s cover 93 to 97 %", (name) => {
    expect(counts[name]! / logs).toBeGreaterThanOrEqual(0.93);
    expect(counts[name]! / logs).toBeLessThanOrEqual(0.97);
  });

  test.each([
    "Hoeffding",
    "empirical Bernstein",
    "empirical likelihood without a largest weight",
    "Clopper–Pearson of a weighted log",
    "betting",
  ])("%s covers at least 95 %, within 3 binomial standard errors", (name) => {
    expect(counts[name]! / logs).toBeGreaterThan(0.95 - 3 * Math.sqrt((0.95 * 0.05) / logs));
  });

  test("Clopper–Pearson covers at least 95 % of counts, within 3 binomial standard errors", () => {
    const flips = createRandom(seed).split("flips");
    let covered = 0;
    for (let log = 0; log < logs; log++) {
      let successes = 0;
      for (let trial = 0; trial < 60; trial++) successes += flips.uniform() < 0.07 ? 1 : 0;
      covered += covers(clopperPearsonInterval({ successes, trials: 60 }), 0.07) ? 1 : 0;
    }
    expect(covered / logs).toBeGreaterThan(0.95 - 3 * Math.sqrt((0.95 * 0.05) / logs));
  });
});

/** Share of simulated streams in which the interval holds after every single value. */
function coverAlways(play: (stream: number) => Generator<boolean>): number {
  let held = 0;
  for (let stream = 0; stream < logs; stream++) held += [...play(stream)].every(Boolean) ? 1 : 0;
  return held / logs;
}

describe(`${logs} simulated streams that are looked at after every value, seed ${seed}`, () => {
  const floor = 0.95 - 3 * Math.sqrt((0.95 * 0.05) / logs);

  test("the confidence sequence of a mean holds throughout in at least 95 %", () => {
    const held = coverAlways(function* (stream) {
      const draws = createRandom(seed).split(stream);
      const sequence = createConfidenceSequence(rewards);
      for (let time = 0; time < 200; time++) {
        sequence.add(draws.uniform() < 0.1 ? 1 : 0);
        yield covers(sequence.interval(), 0.1);
      }
    });
    expect(held).toBeGreaterThan(floor);
  });

  test("a 95 % normal interval looked at as often holds in less than 75 %", () => {
    const held = coverAlways(function* (stream) {
      const draws = createRandom(seed).split(stream);
      let successes = 0;
      for (let time = 1; time <= 200; time++) {
        successes += draws.uniform() < 0.1 ? 1 : 0;
        const value = successes / time;
        const standardError = Math.sqrt((value * (1 - value)) / time);
        yield time < 50 || covers(normalInterval({ value, standardError }), 0.1);
      }
    });
    expect(held).toBeLessThan(0.75);
  });

  test("the asymptotic sequence of a mean, looked at as often, holds in at least 95 %", () => {
    const held = coverAlways(function* (stream) {
      const draws = createRandom(seed).split(stream);
      let successes = 0;
      for (let rows = 1; rows <= 200; rows++) {
        successes += draws.uniform() < 0.1 ? 1 : 0;
        const value = successes / rows;
        const standardError = Math.sqrt((value * (1 - value)) / rows);
        yield rows < 50 || covers(asymptoticSequenceInterval({ value, standardError, rows }), 0.1);
      }
    });
    expect(held).toBeGreaterThan(floor);
  });

  test("the sequence of a difference holds throughout in at least 95 %, unequal shares and drift included", () => {
    const held = coverAlways(function* (stream) {
      const draws = createRandom(seed).split(stream);
      const sequence = createDifferenceSequence(rewards);
      for (let time = 0; time < 300; time++) {
        const isFirst = draws.uniform() < 0.2;
        const chance = 0.3 + 0.2 * Math.sin(time / 30) + (isFirst ? 0.1 : 0);
        sequence.add(isFirst ? "first" : "second", draws.uniform() < chance ? 1 : 0);
        yield covers(sequence.interval(), 0.1);
      }
    });
    expect(held).toBeGreaterThan(floor);
  });

  test("the weighted sequence holds throughout in at least 95 %", () => {
    const held = coverAlways(function* (stream) {
      const feedback = simulateFeedback(40, "wrong", createRandom(seed).split(stream));
      const sequence = createWeightedConfidenceSequence(rewards);
      for (const [row, weight] of feedback.importanceWeights.entries()) {
        sequence.add(weight, feedback.rewards[row]!);
        yield covers(sequence.interval(), targetValue);
      }
    });
    expect(held).toBeGreaterThan(floor);
  });
});
