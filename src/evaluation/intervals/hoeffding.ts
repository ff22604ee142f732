import { meanOf } from "../../numeric/statistics.ts";
import {
  type BoundedSamples,
  checkBoundedSamples,
  type Interval,
  missProbability,
} from "./interval.ts";

/**
 * x̄ ± (high − low)·√(ln(2/α)/(2n)), Hoeffding 1963, theorem 2: holds for any n and any distribution within the bounds, and
 * does not look at the spread. Not clipped to the bounds.
 * @throws invalid_request for no samples, a sample outside the bounds, or a level outside (0, 1)
 *
 * @example
 * import { hoeffdingInterval } from "recurve/evaluation";
 *
 * const samples = Float64Array.from({ length: 1000 }, (_, index) => index % 2);
 * const { lower, upper } = hoeffdingInterval({ samples, low: 0, high: 1 });
 * console.log(lower.toFixed(3), upper.toFixed(3)); // 0.457 0.543
 */
export function hoeffdingInterval(options: BoundedSamples): Interval {
  checkBoundedSamples(options);
  const { samples, low, high, level = 0.95 } = options;
  const tail = Math.log(2 / missProbability(level));
  const radius = (high - low) * Math.sqrt(tail / (2 * samples.length));
  const value = meanOf(samples);
  return { lower: value - radius, upper: value + radius, level };
}
