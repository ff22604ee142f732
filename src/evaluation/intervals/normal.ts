import { normalQuantile } from "../../numeric/statistics.ts";
import { checkNumber } from "../checks.ts";
import { type Interval, missProbability } from "./interval.ts";

/** A value with its standard error, in one unit. */
export interface StandardErrorInterval {
  readonly value: number;
  /** ≥ 0; infinite if the data cannot tell. */
  readonly standardError: number;
  /** Default 0.95. */
  readonly level?: number;
}

/** @throws invalid_request for a standard error below 0 or NaN: an interval of it would be turned round, or none */
export function checkStandardError(standardError: number): void {
  checkNumber("standardError", standardError, {
    low: 0,
    high: Number.POSITIVE_INFINITY,
    expected: "≥ 0, or ∞ for an unknown error",
    remedy: "pass the square root of the estimate's variance",
  });
}

/**
 * value ± Φ⁻¹((1 + level)/2)·s.e.: by the central limit theorem, so for many independent clusters. Unbounded for an infinite s.e.
 * @throws invalid_request for a standard error below 0 or a level outside (0, 1)
 *
 * @example
 * import { normalInterval } from "recurve/evaluation";
 *
 * const { lower, upper } = normalInterval({ value: 0.1, standardError: 0.01 });
 * console.log(lower.toFixed(4), upper.toFixed(4)); // 0.0804 0.1196
 */
export function normalInterval(options: StandardErrorInterval): Interval {
  const { value, standardError, level = 0.95 } = options;
  checkStandardError(standardError);
  const width = normalQuantile(1 - missProbability(level) / 2) * standardError;
  return { lower: value - width, upper: value + width, level };
}
