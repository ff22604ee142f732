import { studentQuantile } from "../../numeric/beta.ts";
import { checkNumber } from "../checks.ts";
import { type Interval, missProbability } from "./interval.ts";
import { checkStandardError, type StandardErrorInterval } from "./normal.ts";

/**
 * value ± t_ν((1 + level)/2)·s.e. (Student 1908): exact for normal samples, and wider than the
 * normal interval if few clusters estimate the s.e. ν is their number less one (Cameron & Miller
 * 2015, section VI).
 * @throws invalid_request for a standard error below 0, a level outside (0, 1) or degrees of
 * freedom that are not above 0
 */
export function studentInterval(
  options: StandardErrorInterval & { readonly degreesOfFreedom: number },
): Interval {
  const { value, standardError, degreesOfFreedom, level = 0.95 } = options;
  checkStandardError(standardError);
  checkNumber("degreesOfFreedom", degreesOfFreedom, {
    low: Number.EPSILON,
    high: Number.MAX_SAFE_INTEGER,
    expected: "above 0 and finite",
    remedy: "pass the number of clusters less one; with one cluster there is no interval",
  });
  const width = studentQuantile(1 - missProbability(level) / 2, degreesOfFreedom) * standardError;
  return { lower: value - width, upper: value + width, level };
}
