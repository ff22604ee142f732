import { meanOf } from "../../numeric/statistics.ts";
import {
  type BoundedSamples,
  checkBoundedSamples,
  type Interval,
  missProbability,
} from "./interval.ts";

/**
 * x̄ ± √(2V·ln(2/δ)/n) + 7(high − low)·ln(2/δ)/(3(n − 1)), δ = α/2 a side, V the sample variance (n
 * − 1): Maurer & Pontil 2009, theorem 4. Holds for any n; narrower than Hoeffding's if the spread
 * is small against the bounds. Not clipped to the bounds; unbounded for one sample.
 * @throws invalid_request for no samples, a sample outside the bounds, or a level outside (0, 1)
 */
export function empiricalBernsteinInterval(options: BoundedSamples): Interval {
  checkBoundedSamples(options);
  const { samples, low, high, level = 0.95 } = options;
  const rows = samples.length;
  const tail = Math.log(4 / missProbability(level));
  const value = meanOf(samples);
  if (rows === 1) return { lower: -Infinity, upper: Number.POSITIVE_INFINITY, level };
  const squares = samples.reduce((sum, sample) => sum + (sample - value) ** 2, 0);
  const radius =
    Math.sqrt((2 * tail * squares) / ((rows - 1) * rows)) +
    (7 * (high - low) * tail) / (3 * (rows - 1));
  return { lower: value - radius, upper: value + radius, level };
}
