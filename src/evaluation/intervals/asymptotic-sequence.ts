import { checkNumber } from "../checks.ts";
import { type Interval, missProbability } from "./interval.ts";
import { checkStandardError, type StandardErrorInterval } from "./normal.ts";

/** n*: rows at which the interval is tightest in standard errors. At a tenth or at a thousand times as many it is 23 % wider. */
export const tightestRows = 1000;

/**
 * value ± s.e.·√((1 + 1/(n·ρ²))·ln((n·ρ² + 1)/α²)): an asymptotic confidence sequence,
 * Waudby-Smith, Arbour, Sinha, Kennedy & Ramdas 2024, theorem 2.2, with ρ² = (−2·ln α + ln(−2·ln α
 * + 1))/n* (section B.1): all intervals hold at once, however often one looks, if the estimate is a
 * mean that becomes normal. At level 0.98 and n* it reaches 3.35 standard errors each way.
 * @param options `rows` n > 0 behind the value, growing between looks
 * @throws invalid_request for a standard error below 0, a level outside (0, 1), or rows that are
 * not above 0
 */
export function asymptoticSequenceInterval(
  options: StandardErrorInterval & { readonly rows: number },
): Interval {
  const { value, standardError, rows, level = 0.95 } = options;
  checkStandardError(standardError);
  checkNumber("rows", rows, {
    low: Number.EPSILON,
    high: Number.MAX_SAFE_INTEGER,
    expected: "above 0 and finite",
    remedy: "pass the rows behind the value; without any there is no interval",
  });
  const logLimit = -2 * Math.log(missProbability(level));
  const scaled = (rows * (logLimit + Math.log(logLimit + 1))) / tightestRows;
  const width = standardError * Math.sqrt((1 + 1 / scaled) * (Math.log(scaled + 1) + logLimit));
  return { lower: value - width, upper: value + width, level };
}
