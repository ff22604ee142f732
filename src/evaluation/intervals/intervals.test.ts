import { describe, expect, test } from "vitest";
import { createRandom } from "../../numeric/random.ts";
import { meanOf, normalQuantile } from "../../numeric/statistics.ts";
import { numberClusters } from "../clusters.ts";
import { asymptoticSequenceInterval } from "./asymptotic-sequence.ts";
import { bettingInterval } from "./betting.ts";
import { clopperPearsonInterval, weightedClopperPearsonInterval } from "./clopper-pearson.ts";
import { clusterBootstrapInterval } from "./cluster-bootstrap.ts";
import { empiricalBernsteinInterval } from "./empirical-bernstein.ts";
import { empiricalLikelihoodInterval, empiricalLikelihoodValue } from "./empirical-likelihood.ts";
import { hoeffdingInterval } from "./hoeffding.ts";
import { normalInterval } from "./normal.ts";
import { studentInterval } from "./student.ts";

const random = createRandom(3);
const coin = (probability: number, rows: number) =>
  Float64Array.from({ length: rows }, () => (random.uniform() < probability ? 1 : 0));
const unit = { low: 0, high: 1 };
const bounded = { hoeffdingInterval, empiricalBernsteinInterval, bettingInterval };
const likelihoods = {
  weightedClopperPearsonInterval,
  empiricalLikelihoodInterval,
  empiricalLikelihoodValue,
};

describe.each(Object.entries(bounded))("%s", (_, interval) => {
  test("it moves and stretches with its samples", () => {
    const samples = coin(0.3, 200);
    const one = interval({ samples, ...unit });
    const other = interval({ samples: samples.map((x) => 10 * x - 3), low: -3, high: 7 });
    expect(other.lower).toBeCloseTo(10 * one.lower - 3, 9);
    expect(other.upper).toBeCloseTo(10 * one.upper - 3, 9);
  });

  test("it shrinks with the rows and holds their mean", () => {
    const few = interval({ samples: coin(0.3, 100), ...unit });
    const samples = coin(0.3, 4000);
    const many = interval({ samples, ...unit });
    expect(many.upper - many.lower).toBeLessThan((few.upper - few.lower) / 4);
    expect(many.lower).toBeLessThan(meanOf(samples));
    expect(many.upper).toBeGreaterThan(meanOf(samples));
  });

  test.each([
    ["no samples", { samples: new Float64Array(), ...unit }, /samples must have at least one/],
    [
      "a NaN",
      { samples: Float64Array.of(Number.NaN), ...unit },
      /samples must be in \[0, 1\], got NaN at row 0/,
    ],
    [
      "a sample outside",
      { samples: Float64Array.of(0, 2), ...unit },
      /got 2 at row 1; pass bounds/,
    ],
    [
      "bounds in disorder",
      { samples: Float64Array.of(0), low: 1, high: 1 },
      /low < high, got 1 and 1/,
    ],
    [
      "infinite bounds",
      { samples: Float64Array.of(0), low: 0, high: Infinity },
      /bounds must be finite/,
    ],
    [
      "a level of 1",
      { samples: Float64Array.of(0), ...unit, level: 1 },
      /level must be in \(0, 1\), got 1/,
    ],
  ])("%s is refused", (_, options, message) => {
    expect(() => interval(options)).toThrow(message);
  });
});

test("empirical Bernstein is narrower than Hoeffding for a small spread and unbounded for one sample", () => {
  const samples = coin(0.01, 2000);
  const width = ({ lower, upper }: { lower: number; upper: number }) => upper - lower;
  const bernstein = width(empiricalBernsteinInterval({ samples, ...unit }));
  expect(bernstein).toBeLessThan(width(hoeffdingInterval({ samples, ...unit })) / 2);
  expect(width(bettingInterval({ samples, ...unit }))).toBeLessThan(bernstein);
  const { lower, upper } = empiricalBernsteinInterval({ samples: Float64Array.of(0.5), ...unit });
  expect([lower, upper]).toEqual([-Infinity, Infinity]);
});

test("equal samples leave betting a side at their value", () => {
  expect(bettingInterval({ samples: new Float64Array(50), ...unit }).lower).toBe(0);
  expect(bettingInterval({ samples: new Float64Array(50).fill(1), ...unit }).upper).toBe(1);
  expect(bettingInterval({ samples: Float64Array.of(0.5), ...unit })).toEqual({
    lower: 0,
    upper: 1,
    level: 0.95,
  });
});

describe("intervals of a standard error", () => {
  test("Student's is wider than the normal one, and the same for a million degrees of freedom", () => {
    const options = { value: 2, standardError: 0.5, level: 0.9 };
    const normal = normalInterval(options);
    expect(normal.upper).toBeCloseTo(2 + 0.5 * normalQuantile(0.95), 14);
    const few = studentInterval({ ...options, degreesOfFreedom: 3 });
    expect(few.upper).toBeCloseTo(2 + 0.5 * 2.353363434801823, 12);
    const many = studentInterval({ ...options, degreesOfFreedom: 1e6 });
    expect(Math.abs(many.upper - normal.upper)).toBeLessThan(1e-6);
  });

  test("an infinite error gives an unbounded interval", () => {
    const infinite = { value: 0, standardError: Infinity, degreesOfFreedom: 1, rows: 10 };
    for (const interval of [normalInterval, studentInterval, asymptoticSequenceInterval]) {
      const { lower, upper } = interval(infinite);
      expect([lower, upper]).toEqual([-Infinity, Infinity]);
    }
  });

  test("a standard error below 0 or NaN is refused", () => {
    const others = { value: 0, degreesOfFreedom: 9, rows: 10 };
    for (const interval of [normalInterval, studentInterval, asymptoticSequenceInterval])
      for (const standardError of [-1, Number.NaN])
        expect(() => interval({ ...others, standardError })).toThrow(
          `standardError must be ≥ 0, or ∞ for an unknown error, got ${standardError}`,
        );
  });

  test("a level outside (0, 1) and no degrees of freedom are refused", () => {
    const options = { value: 0, standardError: 1 };
    for (const level of [0, 1, 1.2, Number.NaN]) {
      expect(() => normalInterval({ ...options, level })).toThrow(/level must be in \(0, 1\)/);
    }
    expect(() => studentInterval({ ...options, degreesOfFreedom: 0 })).toThrow(
      /degreesOfFreedom must be above 0 and finite, got 0/,
    );
  });
});

describe("clusterBootstrapInterval", () => {
  const contributions = coin(0.4, 300);
  const alone = numberClusters(300);

  test("the same seed gives the same interval", () => {
    const draw = () =>
      clusterBootstrapInterval({ contributions, clusters: alone, random: createRandom(8) });
    expect(draw()).toEqual(draw());
  });

  test("copies of a row under one user do not narrow it", () => {
    const clusters = numberClusters(
      1200,
      Int32Array.from({ length: 1200 }, (_, row) => row % 300),
    );
    const copies = Float64Array.from({ length: 1200 }, (_, row) => contributions[row % 300]!);
    const once = { contributions, clusters: alone, random: createRandom(8) };
    const often = { contributions: copies, clusters, random: createRandom(8) };
    const [one, other] = [clusterBootstrapInterval(once), clusterBootstrapInterval(often)];
    expect(other.lower).toBeCloseTo(one.lower, 12);
    expect(other.upper).toBeCloseTo(one.upper, 12);
  });

  test("a ratio stays within the rewards, whatever the weights", () => {
    const denominators = contributions.map(() => 10 * random.uniform() ** 8);
    const products = contributions.map((reward, row) => reward * denominators[row]!);
    const options = { denominators, clusters: alone, random: createRandom(8) };
    const { lower, upper } = clusterBootstrapInterval({ ...options, contributions: products });
    expect(lower).toBeGreaterThanOrEqual(0);
    expect(upper).toBeLessThanOrEqual(1);
  });

  test("one user, or no weight, tells nothing", () => {
    const unbounded = { lower: -Infinity, upper: Infinity, level: 0.95 };
    const one = { contributions: Float64Array.of(1, 0), random };
    const clusters = numberClusters(2, ["a", "a"]);
    expect(clusterBootstrapInterval({ ...one, clusters })).toEqual(unbounded);
    const denominators = new Float64Array(2);
    const apart = { ...one, clusters: numberClusters(2), denominators };
    expect(clusterBootstrapInterval(apart)).toEqual(unbounded);
  });

  test.each([
    [
      "lengths that differ",
      { clusters: numberClusters(2) },
      /clusters must have one entry for each of the 300/,
    ],
    [
      "a NaN",
      { contributions: contributions.map(() => Number.NaN) },
      /contributions must be a finite/,
    ],
    [
      "a negative denominator",
      { denominators: contributions.map(() => -1) },
      /denominators must be ≥ 0/,
    ],
    ["no replicates", { replicates: 0 }, /replicates must be in \[1, 1000000\], got 0/],
    ["a level of 0", { level: 0 }, /level must be in \(0, 1\)/],
  ])("%s: refused", (_, wrong, message) => {
    const options = { contributions, clusters: alone, random, ...wrong };
    expect(() => clusterBootstrapInterval(options)).toThrow(message);
  });
});

describe("clopperPearsonInterval", () => {
  test("no success and only successes have their closed forms", () => {
    const none = clopperPearsonInterval({ successes: 0, trials: 20 });
    expect([none.lower, none.upper]).toEqual([0, expect.closeTo(1 - 0.025 ** (1 / 20), 12)]);
    const all = clopperPearsonInterval({ successes: 20, trials: 20 });
    expect([all.lower, all.upper]).toEqual([expect.closeTo(0.025 ** (1 / 20), 12), 1]);
  });

  test.each([
    [{ successes: 3, trials: 2 }, /successes must be in \[0, trials\], got 3/],
    [{ successes: -1, trials: 2 }, /successes must be in \[0, trials\], got -1/],
    [{ successes: 0, trials: 0 }, /trials must be above 0, got 0/],
  ])("%j is refused", (options, message) => {
    expect(() => clopperPearsonInterval(options)).toThrow(message);
  });
});

describe("intervals of a weighted log", () => {
  const rewards = coin(0.3, 400);
  const importanceWeights = rewards.map(() => 2 * random.uniform());
  const log = { rewards, importanceWeights, ...unit };

  test("weights of 1 make Clopper–Pearson that of the count", () => {
    const ones = new Float64Array(400).fill(1);
    const successes = rewards.filter((reward) => reward === 1).length;
    const plain = clopperPearsonInterval({ successes, trials: 400 });
    expect(weightedClopperPearsonInterval({ ...log, importanceWeights: ones })).toEqual(plain);
  });

  test("a log without any weight says nothing, and more successes than trials count as all", () => {
    const none = { ...log, importanceWeights: new Float64Array(400) };
    expect(weightedClopperPearsonInterval(none)).toEqual({ lower: 0, upper: 1, level: 0.95 });
    const all = {
      rewards: Float64Array.of(1, 1),
      importanceWeights: Float64Array.of(2, 3),
      ...unit,
    };
    expect(weightedClopperPearsonInterval(all).upper).toBe(1);
  });

  test("empirical likelihood holds its own value and stays within the bounds", () => {
    const { lower, upper } = empiricalLikelihoodInterval(log);
    const value = empiricalLikelihoodValue(log);
    expect(lower).toBeLessThan(value);
    expect(upper).toBeGreaterThan(value);
    expect([lower >= 0, upper <= 1]).toEqual([true, true]);
  });

  test("a smaller largest weight cannot narrow the interval's knowledge below that of the data", () => {
    const known = empiricalLikelihoodInterval({ ...log, weightBounds: { low: 0, high: 2 } });
    const unknown = empiricalLikelihoodInterval(log);
    // Σw < n here: the unseen row has the largest weight.
    expect(Math.abs(known.lower - unknown.lower)).toBeLessThan(0.05);
  });

  test("one row leaves the bounds", () => {
    const one = { rewards: Float64Array.of(1), importanceWeights: Float64Array.of(2), ...unit };
    expect(empiricalLikelihoodInterval(one)).toEqual({ lower: 0, upper: 1, level: 0.95 });
  });

  describe.each(Object.entries(likelihoods))("%s", (_, estimate) => {
    test.each([
      ["no rows", { rewards: new Float64Array() }, /rewards must have at least one entry/],
      ["a reward outside", { high: 0.5 }, /rewards must be in \[0, 0.5\]/],
      [
        "a negative weight",
        { importanceWeights: rewards.map(() => -1) },
        /importanceWeights must be ≥ 0/,
      ],
      [
        "lengths that differ",
        { importanceWeights: new Float64Array(3) },
        /one entry for each of the 400 rewards, got 3/,
      ],
      ["bounds in disorder", { low: 2 }, /low < high/],
    ])("%s: refused", (_, wrong, message) => {
      expect(() => estimate({ ...log, ...wrong })).toThrow(message);
    });
  });

  test("weight bounds that exclude 1 are refused", () => {
    const high = { ...log, weightBounds: { low: 0, high: 0.5 } };
    expect(() => empiricalLikelihoodInterval(high)).toThrow(/weightBounds.high must be above 1/);
    const low = { ...log, weightBounds: { low: 1, high: 2 } };
    expect(() => empiricalLikelihoodValue(low)).toThrow(/weightBounds.low must be in \[0, 1\)/);
  });
});
