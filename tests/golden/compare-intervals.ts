import { expect } from "vitest";
import { clusteredStandardError, numberClusters } from "../../src/evaluation/clusters.ts";
import { weightedClopperPearsonInterval } from "../../src/evaluation/intervals/clopper-pearson.ts";
import { clusterBootstrapInterval } from "../../src/evaluation/intervals/cluster-bootstrap.ts";
import { empiricalBernsteinInterval } from "../../src/evaluation/intervals/empirical-bernstein.ts";
import {
  empiricalLikelihoodInterval,
  empiricalLikelihoodValue,
} from "../../src/evaluation/intervals/empirical-likelihood.ts";
import { hoeffdingInterval } from "../../src/evaluation/intervals/hoeffding.ts";
import type { Bounds, Interval } from "../../src/evaluation/intervals/interval.ts";
import { normalInterval } from "../../src/evaluation/intervals/normal.ts";
import { studentInterval } from "../../src/evaluation/intervals/student.ts";
import { createWeightedConfidenceSequence } from "../../src/evaluation/intervals/weighted-confidence-sequence.ts";
import { createRandom } from "../../src/numeric/random.ts";
import { meanOf } from "../../src/numeric/statistics.ts";
import { expectClose } from "./read-golden.ts";

export interface PeerSample {
  readonly kind: string;
  readonly params: { readonly alpha?: number; readonly delta?: number };
  readonly x_max_used?: number;
  readonly value?: number;
  readonly lower?: number | { readonly accept: [number, number] };
  readonly upper?: number | { readonly accept: [number, number] };
}

export interface PeerWeighted {
  readonly estimator?: string;
  readonly interval?: string;
  readonly value: number | [number | string, number | string];
  readonly params: {
    readonly alpha?: number;
    readonly rmin?: number;
    readonly rmax?: number;
    readonly wmin?: number;
    readonly wmax?: number | string;
    readonly empirical_r_bounds?: boolean;
    readonly p_drop?: number;
  };
}

export interface PeerLog {
  readonly rewards: Float64Array;
  readonly importanceWeights: Float64Array;
}

export function expectEnds(
  actual: Interval,
  golden: { lower: number; upper: number },
  tolerance: number,
) {
  expectClose(actual.lower, golden.lower, tolerance);
  expectClose(actual.upper, golden.upper, tolerance);
}

/** obp's one-sided bounds are the lower ends of our two-sided intervals at level 1 − 2δ. @returns whether ours has such a number; what it has must agree */
export function comparePeerSample(values: Float64Array, expected: PeerSample): boolean {
  const { kind, x_max_used, lower, upper } = expected;
  const { alpha = 0.05, delta } = expected.params;
  const level = delta === undefined ? 1 - alpha : 1 - 2 * delta;
  const value = meanOf(values);
  const clusters = numberClusters(values.length);
  const standardError = clusteredStandardError(values, value, clusters);
  const degreesOfFreedom = values.length - 1;
  const largest = x_max_used ?? values.reduce((most, x) => Math.max(most, x), 0);
  const bounded = { samples: values, low: 0, high: largest, level };
  const expectOwn = (own: Interval) => {
    for (const [end, golden] of [
      [own.lower, expected.value ?? lower],
      [own.upper, upper],
    ] as const) {
      if (typeof golden === "number") expectClose(end, golden, 1e-8);
      else if (golden !== undefined) {
        expect(end).toBeGreaterThanOrEqual(golden.accept[0]);
        expect(end).toBeLessThanOrEqual(golden.accept[1]);
      }
    }
    return true;
  };
  const possible = largest > 0 && values.every((x) => x >= 0 && x <= largest);
  switch (kind) {
    case "normal_two_sided":
      return expectOwn(normalInterval({ value, standardError, level }));
    case "student_t_two_sided":
    case "student_t_lower":
      return expectOwn(studentInterval({ value, standardError, level, degreesOfFreedom }));
    case "scope_ttest":
      return expectOwn(
        studentInterval({ value, standardError, level: 1 - 2 * alpha, degreesOfFreedom }),
      );
    case "hoeffding_lower":
    case "hoeffding_two_sided_xmax":
      return possible && expectOwn(hoeffdingInterval(bounded));
    case "bernstein_lower":
      return possible && expectOwn(empiricalBernsteinInterval(bounded));
    case "scope_bernstein":
      return (
        possible && expectOwn(empiricalBernsteinInterval({ ...bounded, level: 1 - 2 * alpha }))
      );
    case "bootstrap_percentile_range": {
      const random = createRandom(7);
      return expectOwn(
        clusterBootstrapInterval({ contributions: values, clusters, random, level }),
      );
    }
    default:
      // scope-rl multiplies Hoeffding's radius by n where the theorem divides.
      expect(kind).toBe("scope_hoeffding");
      return false;
  }
}

/** With `empirical_r_bounds` the peer takes the bounds from the data, from [0, 1] on. */
function boundsOf({ params }: PeerWeighted, rewards: Float64Array) {
  const { rmin: low = 0, rmax: high = 1 } = params;
  const seen = params.empirical_r_bounds ? rewards : [];
  return { low: Math.min(low, ...seen), high: Math.max(high, ...seen) };
}

function meanProduct({ rewards, importanceWeights }: PeerLog, bounds: Bounds) {
  return meanOf(
    rewards.map(
      (r, row) => (importanceWeights[row]! * (r - bounds.low)) / (bounds.high - bounds.low),
    ),
  );
}

/** @returns whether ours has such a number; what it has must agree */
export function comparePeerWeighted(log: PeerLog, expected: PeerWeighted): boolean {
  const { estimator, interval, params, value } = expected;
  const { wmin = 0, wmax = "Infinity", alpha = 0.05, empirical_r_bounds, p_drop } = params;
  if (p_drop !== undefined) return false;
  const bounds = boundsOf(expected, log.rewards);
  const level = 1 - alpha;
  const weightBounds = { low: wmin, high: Number(wmax) };
  if (estimator === "vw_cressieread") {
    const range = { low: Math.min(...log.rewards) - 1, high: Math.max(...log.rewards) + 1 };
    const own = empiricalLikelihoodValue({ ...log, ...range, weightBounds });
    expectClose(own, value as number, 1e-9);
    return true;
  }
  if (interval === undefined) return false;
  const [lower, upper] = (value as [number | string, number | string]).map(Number) as [
    number,
    number,
  ];
  const options = { ...log, ...bounds, level };
  switch (interval) {
    case "vw_cressieread": {
      const own = empiricalLikelihoodInterval({ ...options, weightBounds });
      // The peer collapses to a point where the data leave no spread.
      if (upper - lower < 1e-8) expectEnds(own, { lower: bounds.low, upper: bounds.high }, 0);
      else expectEnds(own, { lower, upper }, 1e-7);
      return true;
    }
    case "vw_clopper_pearson":
      // Where the mean of w·x exceeds 1 the peer counts more successes than trials.
      if (empirical_r_bounds || meanProduct(log, bounds) > 1) return false;
      expectEnds(weightedClopperPearsonInterval(options), { lower, upper }, 1e-7);
      return true;
    case "vw_cs": {
      if (empirical_r_bounds) return false;
      const sequence = createWeightedConfidenceSequence({
        ...bounds,
        level,
        largestGuess: Number.POSITIVE_INFINITY,
      });
      for (const [row, weight] of log.importanceWeights.entries()) {
        sequence.add(weight, log.rewards[row]!);
      }
      expectEnds(sequence.interval(), { lower, upper }, 1e-8);
      return true;
    }
    default:
      return false;
  }
}

/** Dropped events have no counterpart here; bounds taken from the data in passing depend on the order of rows. */
export const isPeersOwn = (log: PeerLog, expected: PeerWeighted): boolean =>
  expected.params.p_drop !== undefined ||
  expected.params.empirical_r_bounds === true ||
  meanProduct(log, boundsOf(expected, log.rewards)) > 1;
