import { normalQuantile } from "../../numeric/statistics.ts";
import { type Interval, missProbability } from "./interval.ts";
import { checkStandardError, type StandardErrorInterval } from "./normal.ts";

/**
 * value ± Φ⁻¹(1 − α/4)·s.e.·(s.e./last), α = 1 − level: all intervals hold at once until the planned last look, however often one
 * looks, if the estimate is a mean that becomes normal. By reflection a Brownian motion exceeds c by time 1 with probability
 * 2·(1 − Φ(c)): the boundary of O'Brien & Fleming 1979 for looks at any time, which spends α as Lan & DeMets 1983. At the last
 * look level 0.99 takes 2.81 standard errors each way. Unbounded after it.
 * @param options `lastError` standard error at the planned last look, above 0 and known beforehand
 */
export function plannedSequenceInterval(
  options: StandardErrorInterval & { readonly lastError: number },
): Interval {
  const { value, standardError, lastError, level = 0.95 } = options;
  checkStandardError(standardError);
  const quantile = normalQuantile(1 - missProbability(level) / 4);
  const width =
    standardError < lastError
      ? Number.POSITIVE_INFINITY
      : (quantile * standardError ** 2) / lastError;
  return { lower: value - width, upper: value + width, level };
}
