import { studentQuantile } from "../../numeric/beta.ts";
import { meanOf } from "../../numeric/statistics.ts";
import { checkNumber } from "../checks.ts";
import {
  type Bounds,
  checkWeightedRewards,
  type Interval,
  missProbability,
  type WeightedRewards,
} from "./interval.ts";

/** Weighted rewards with the bounds of rewards and weights. */
export interface LikelihoodOptions extends WeightedRewards {
  /**
   * Smallest and largest weight that can occur: low < 1 < high. Default [0, ∞); observed weights
   * widen it.
   */
  readonly weightBounds?: Bounds;
}

/** Σ over rows. */
interface Sums {
  readonly n: number;
  readonly w: number;
  readonly ww: number;
  readonly wr: number;
  readonly wwr: number;
  readonly wwrr: number;
}

/** @param sign −1 turns an upper end into a lower one */
function sum({ rewards, importanceWeights }: LikelihoodOptions, sign: 1 | -1): Sums {
  const sums = { n: rewards.length, w: 0, ww: 0, wr: 0, wwr: 0, wwrr: 0 };
  for (const [row, w] of importanceWeights.entries()) {
    const r = sign * rewards[row]!;
    sums.w += w;
    sums.ww += w * w;
    sums.wr += w * r;
    sums.wwr += w * w * r;
    sums.wwrr += w * w * r * r;
  }
  return sums;
}

function occurringWeights({ importanceWeights, weightBounds }: LikelihoodOptions): Bounds {
  let { low, high } = weightBounds ?? { low: 0, high: Number.POSITIVE_INFINITY };
  for (const weight of importanceWeights) {
    low = Math.min(low, weight);
    high = Math.max(high, weight);
  }
  return { low, high };
}

/** The weight of the row that was not seen: it draws the mean weight to 1. */
const unseenWeight = ({ n, w }: Sums, { low, high }: Bounds) => (w < n ? high : low);

/** Largest divergence that the interval allows, from the most likely one: φ of appendix B. */
function allowedDivergence({ n, w, ww }: Sums, unseen: number, quantile: number): number {
  let best = 1 + 1 / n;
  if (unseen < Number.POSITIVE_INFINITY) {
    const mean = (unseen + w) / (1 + n);
    const spread = (unseen * unseen + ww) / (1 + n) - mean * mean;
    best = ((1 + n) * (mean - 1) ** 2) / spread;
  }
  return (-best - quantile) / (2 * (1 + n));
}

/** Centre, spread of w·r about its line on w, and room for divergence: the end lies at centre − √(2·spread·room). */
interface Dual {
  readonly centre: number;
  readonly spread: number;
  /** A spread of rounding errors alone is small against it. */
  readonly scale: number;
  readonly room: number;
}

function solveInfinite({ n, w, ww, wr, wwr, wwrr }: Sums, r: number, phi: number): Dual {
  const scale = (r * r * ww - 2 * r * wwr + wwrr) / (1 + n);
  const spread = scale - (r * w - wr) ** 2 / (n * (1 + n));
  return { centre: r + (wr - w * r) / n, spread, scale, room: -(phi + 1 / (2 * n)) };
}

function solveFinite(sums: Sums, unseen: { w: number; r: number }, phi: number): Dual {
  const { n, ww, wr, wwr, wwrr } = sums;
  const { w, r } = unseen;
  const mean = (w + sums.w) / (1 + n);
  const variance = (w * w + ww) / (1 + n) - mean * mean;
  const product = (w * r + wr) / (1 + n);
  const covariance = (w * w * r + wwr) / (1 + n) - mean * product;
  const scale = (w * w * r * r + wwrr) / (1 + n) - product * product;
  return {
    centre: product + ((1 - mean) * covariance) / variance,
    spread: scale - covariance ** 2 / variance,
    scale,
    room: -(phi + (1 - mean) ** 2 / (2 * variance)),
  };
}

/**
 * Lower end over both weights that an unseen row of the smallest reward can have; undefined if its
 * side has no spread.
 */
function lowerEnd(sums: Sums, worstReward: number, weights: Bounds, phi: number) {
  const ends = [weights.low, weights.high]
    .map((w) =>
      w === Number.POSITIVE_INFINITY
        ? solveInfinite(sums, worstReward, phi)
        : solveFinite(sums, { w, r: worstReward }, phi),
    )
    .filter(({ room }) => room >= 0)
    .map(({ centre, spread, scale, room }) => ({
      end: centre - Math.sqrt(2 * Math.max(0, spread) * room),
      isKnown: spread > 1e-12 * scale,
    }))
    .sort((one, other) => one.end - other.end);
  return ends[0]?.isKnown ? ends[0].end : undefined;
}

function check(options: LikelihoodOptions): void {
  checkWeightedRewards(options);
  const { weightBounds } = options;
  if (weightBounds === undefined) return;
  const remedy = "pass the smallest and the largest weight that can occur, or leave them out";
  const below = { low: 0, high: 1 - Number.EPSILON, expected: "in [0, 1)", remedy };
  checkNumber("weightBounds.low", weightBounds.low, below);
  const above = { low: 1 + Number.EPSILON, high: Number.POSITIVE_INFINITY, remedy };
  checkNumber("weightBounds.high", weightBounds.high, { ...above, expected: "above 1" });
}

/**
 * All values Σ q·w·r of distributions q over the rows and one unseen row that keep Σ q·w = 1. Their
 * Cressie–Read divergence of order −2 from the rows is at most that of the best one plus
 * F_{1,n}(level)/2. Karampatziakis, Langford & Mineiro 2020, section 4. Asymptotic; within the
 * bounds. If the data leave no spread (one row, equal rewards) or fit no mean weight of 1, an end
 * is the bound: the peer's code returns a point there.
 * @throws invalid_request for no rows, lengths that differ, rewards outside the bounds, negative
 * weights, or a bad level
 */
export function empiricalLikelihoodInterval(options: LikelihoodOptions): Interval {
  check(options);
  const { low, high, level = 0.95 } = options;
  const weights = occurringWeights(options);
  const [straight, mirrored] = [sum(options, 1), sum(options, -1)];
  const quantile = studentQuantile(1 - missProbability(level) / 2, straight.n) ** 2;
  const phi = allowedDivergence(straight, unseenWeight(straight, weights), quantile);
  const clip = (value: number) => Math.min(high, Math.max(low, value));
  return {
    lower: clip(lowerEnd(straight, low, weights, phi) ?? low),
    upper: clip(-(lowerEnd(mirrored, -high, weights, phi) ?? -high)),
    level,
  };
}

/**
 * The value of the most likely such distribution; its mass on the unseen row counts as the mean reward. Section 3 of the
 * same paper: a control variate on the weights, so less noisy than IPS.
 * @throws invalid_request as the interval
 */
export function empiricalLikelihoodValue(options: LikelihoodOptions): number {
  check(options);
  const sums = sum(options, 1);
  const { n, w, ww, wr, wwr } = sums;
  const unseen = unseenWeight(sums, occurringWeights(options));
  let [constant, slope] = [1 / n, 0];
  if (unseen < Number.POSITIVE_INFINITY) {
    const average = (unseen + w) / (1 + n);
    const square = (unseen * unseen + ww) / (1 + n);
    const scale = (1 + n) * (square - average * average);
    [constant, slope] = [(square - average) / scale, (1 - average) / scale];
  }
  const missing = Math.max(0, 1 - constant * w - slope * ww);
  return constant * wr + slope * wwr + missing * meanOf(options.rewards);
}
