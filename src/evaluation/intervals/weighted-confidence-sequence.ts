import { bisect } from "../../numeric/bisect.ts";
import { logLowerGamma } from "../../numeric/gamma.ts";
import { checkNumber } from "../checks.ts";
import type { SequenceOptions } from "./confidence-sequence.ts";
import {
  checkBounds,
  type Interval,
  missProbability,
  weightRange,
  withinBounds,
} from "./interval.ts";

/** Intervals for the value of a target policy that hold at every length of the log at once. */
export interface WeightedConfidenceSequence {
  /** The next row's w = π/p and reward. @throws invalid_request for a negative weight or a reward outside the bounds */
  add(weight: number, reward: number): void;
  /** Over all rows so far; the bounds before the first. */
  interval(): Interval;
}

/**
 * ln of the gamma–exponential mixture (Howard et al. 2021, proposition 9, ρ = 1) of exp(λ·s − (−ln(1 − λ) − λ)·v): the
 * capital of bets on Σ X − t·m = s.
 */
const logCapital = (s: number, v: number): number =>
  s + v - (v + 1) * Math.log(s + v + 1) + logLowerGamma(v + 1, s + v + 1) - logLowerGamma(1, 1);

/** One side: a lower bound on the mean of X ≥ 0, however large X can get. */
function createLowerSequence(logLimit: number, largestGuess: number) {
  let count = 0;
  let sum = 0;
  let variance = 0;
  return {
    add(value: number) {
      const guess = Math.min(largestGuess, (sum + 0.5) / (count + 1));
      variance += (value - guess) ** 2;
      sum += value;
      count++;
    },
    bound(): number {
      const isRefuted = (mean: number) => logCapital(sum - count * mean, variance) >= logLimit;
      if (count === 0 || !isRefuted(0)) return 0;
      return bisect(isRefuted, 0, Math.min(1, sum / count));
    },
  };
}

/**
 * Lower bound from X = w·x, upper bound from X = w·(1 − x), x the reward scaled to [0, 1]; each excludes the means at which
 * the mixture's capital with V = Σ (X_t − X̂_{t−1})² exceeds 2/α. X̂_{t−1} = min(1, (½ + Σ X)/t): the bound needs X − X̂ ≥ −1,
 * so guesses above 1 are cut (Waudby-Smith, Wu, Ramdas, Karampatziakis & Mineiro 2024, theorem 2). Needs no bound on the
 * weights. Constant time and memory a row.
 * @throws invalid_request for bad bounds or a level outside (0, 1)
 */
export function createWeightedConfidenceSequence(
  options: SequenceOptions & {
    /**
     * Default 1. VowpalWabbit's code does not cut: Infinity gives its numbers, which prove nothing.
     */
    readonly largestGuess?: number;
  },
): WeightedConfidenceSequence {
  checkBounds(options);
  const { low, high, level = 0.95, largestGuess = 1 } = options;
  const logLimit = Math.log(2 / missProbability(level));
  const below = createLowerSequence(logLimit, largestGuess);
  const above = createLowerSequence(logLimit, largestGuess);
  return {
    add(weight, reward) {
      checkNumber("weight", weight, weightRange);
      checkNumber("reward", reward, withinBounds(options));
      const scaled = (reward - low) / (high - low);
      below.add(weight * scaled);
      above.add(weight * (1 - scaled));
    },
    interval: () => ({
      lower: low + (high - low) * below.bound(),
      upper: high - (high - low) * above.bound(),
      level,
    }),
  };
}
