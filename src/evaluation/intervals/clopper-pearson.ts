import { betaQuantile } from "../../numeric/beta.ts";
import { checkNumber } from "../checks.ts";
import {
  checkWeightedRewards,
  type Interval,
  missProbability,
  type WeightedRewards,
} from "./interval.ts";

/**
 * The probability behind a count: [B(α/2; k, n − k + 1), B(1 − α/2; k + 1, n − k)], B the beta quantile; Clopper & Pearson
 * 1934. Covers at least the level for every n. Counts need not be whole; fractions are an interpolation.
 * @throws invalid_request for trials that are not above 0, successes outside [0, trials], or a level outside (0, 1)
 *
 * @example
 * import { clopperPearsonInterval } from "recurve/evaluation";
 *
 * const { lower, upper } = clopperPearsonInterval({ successes: 0, trials: 100 });
 * console.log(lower, upper.toFixed(4)); // 0 0.0362
 */
export function clopperPearsonInterval(options: {
  readonly successes: number;
  readonly trials: number;
  /** Default 0.95. */
  readonly level?: number;
}): Interval {
  const { successes: k, trials: n, level = 0.95 } = options;
  const remedy = "count each independent yes-or-no outcome once";
  checkNumber("trials", n, { low: Number.EPSILON, high: 1e15, expected: "above 0", remedy });
  checkNumber("successes", k, { low: 0, high: n, expected: "in [0, trials]", remedy });
  const tail = missProbability(level) / 2;
  return {
    lower: k === 0 ? 0 : betaQuantile(tail, k, n - k + 1),
    upper: k === n ? 1 : betaQuantile(1 - tail, k + 1, n - k),
    level,
  };
}

/**
 * The same for a weighted log: Σ w·x / max w successes of n / max w trials, x the reward scaled to
 * [0, 1]. A rule of thumb of VowpalWabbit's estimators without a paper: the largest observed weight
 * replaces the largest possible one. Wide if one weight is large. A mean weight above 1 can bring
 * more successes than trials; then they count as all.
 * @throws invalid_request for no rows, lengths that differ, rewards outside the bounds, negative
 * weights, or a bad level
 */
export function weightedClopperPearsonInterval(options: WeightedRewards): Interval {
  checkWeightedRewards(options);
  const { rewards, importanceWeights, low, high, level = 0.95 } = options;
  const largest = importanceWeights.reduce((most, weight) => Math.max(most, weight), 0);
  if (largest === 0) return { lower: low, upper: high, level };
  const sum = rewards.reduce(
    (total, reward, row) => total + importanceWeights[row]! * (reward - low),
    0,
  );
  const trials = rewards.length / largest;
  const successes = Math.min(trials, sum / (high - low) / largest);
  const { lower, upper } = clopperPearsonInterval({ successes, trials, level });
  return { lower: low + (high - low) * lower, upper: low + (high - low) * upper, level };
}
