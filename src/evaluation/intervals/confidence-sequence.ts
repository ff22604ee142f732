import { checkNumber } from "../checks.ts";
import {
  type Bounds,
  checkBounds,
  type Interval,
  missProbability,
  withinBounds,
} from "./interval.ts";
import { createBets } from "./plug-in-bets.ts";

/** Intervals for a mean that all hold at once: look as often as you like, stop when you like. */
export interface ConfidenceSequence {
  /** @throws invalid_request for a value outside the bounds */
  add(value: number): void;
  /** Over all values so far; the bounds before the first. */
  interval(): Interval;
}

/** Bounds of a value, and the level of all intervals together. */
export interface SequenceOptions extends Bounds {
  /** Default 0.95. */
  readonly level?: number;
}

/** λ_t stays below 1, because ψ is infinite at 1. */
const largestBet = 0.5;

/**
 * (Σ λ_t·x_t ± (ln(2/α) + Σ (x_t − μ̂_{t−1})²·(−ln(1 − λ_t) − λ_t)))/Σ λ_t for x scaled to [0, 1]:
 * the predictable plug-in empirical Bernstein sequence, Waudby-Smith & Ramdas 2024, theorem 2.
 * Needs one conditional mean for all values, or holds for their λ-weighted mean. Constant time and
 * memory a value; wider than `bettingInterval`. Within the bounds.
 * @throws invalid_request for bad bounds or a level outside (0, 1)
 *
 * @example
 * import { createConfidenceSequence } from "recurve/evaluation";
 *
 * const sequence = createConfidenceSequence({ low: 0, high: 1 });
 * for (let day = 0; day < 1000; day++) sequence.add(day % 2);
 * const { lower, upper } = sequence.interval();
 * console.log(lower < 0.5 && upper > 0.5); // true
 */
export function createConfidenceSequence(options: SequenceOptions): ConfidenceSequence {
  checkBounds(options);
  const { low, high, level = 0.95 } = options;
  const width = high - low;
  const logLimit = Math.log(2 / missProbability(level));
  const nextBet = createBets(logLimit);
  let betSum = 0;
  let centre = 0;
  let penalty = logLimit;
  return {
    add(value) {
      checkNumber("value", value, withinBounds(options));
      const sample = (value - low) / width;
      const { bet: plugIn, surprise } = nextBet(sample);
      const bet = Math.min(plugIn, largestBet);
      betSum += bet;
      centre += (bet / betSum) * (sample - centre);
      penalty += surprise * (-Math.log1p(-bet) - bet);
    },
    interval() {
      if (betSum === 0) return { lower: low, upper: high, level };
      const radius = penalty / betSum;
      return {
        lower: low + width * Math.max(0, centre - radius),
        upper: low + width * Math.min(1, centre + radius),
        level,
      };
    },
  };
}
