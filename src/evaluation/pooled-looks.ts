import type { GateDifference, GateEvidence, GateLooks, GateRecord } from "../domain/gate-record.ts";
import { normalCdf, normalQuantile } from "../numeric/statistics.ts";
import { minimalDetectableDifference } from "./diagnostics.ts";

/**
 * Result of a record's looks; undefined if there is none: too few rows, refused, or no variation.
 */
export const looksOf = ({
  looks = 1,
  difference,
  standardError,
  sharedError = 0,
  withoutOneUser,
}: Pick<GateRecord, keyof GateLooks>): GateLooks | undefined =>
  difference !== undefined && standardError !== undefined && standardError > 0
    ? { looks, difference, standardError, sharedError, ...(withoutOneUser && { withoutOneUser }) }
    : undefined;

/** One-sided. */
export const lowerBound = (
  { difference, standardError }: GateDifference,
  confidence: number,
): number => difference - normalQuantile(confidence) * standardError;

/**
 * Each weighted by 1/s.e.² (the fixed-effect estimate of meta-analysis, Cochran 1954). Users are taken to be the same in both: if others
 * come, the error is overrated. The part of an error that is common to a user's rows is the same in both, the rest is independent.
 */
function poolDifferences(earlier: GateDifference, look: GateDifference): GateDifference {
  // One in which nothing varies says nothing.
  if (!(look.standardError > 0)) return earlier;
  if (!(earlier.standardError > 0)) return look;
  const [before, now] = [earlier.standardError ** -2, look.standardError ** -2];
  const share = now / (before + now);
  let [difference, sharedError, ownVariance] = [0, 0, 0];
  for (const [one, part] of [
    [earlier, 1 - share],
    [look, share],
  ] as const) {
    difference += part * one.difference;
    sharedError += part * one.sharedError;
    ownVariance += part ** 2 * (one.standardError ** 2 - one.sharedError ** 2);
  }
  return { difference, sharedError, standardError: Math.sqrt(ownVariance + sharedError ** 2) };
}

/**
 * A look with the earlier ones. Their differences without one user are pooled alike.
 * @param confidence of each of the interval's bounds
 */
export function poolLooks(
  look: GateEvidence,
  earlier: GateLooks,
  confidence: number,
): GateEvidence {
  if (!(look.standardError > 0)) return look;
  const pooled = poolDifferences(earlier, look);
  const { difference, standardError } = pooled;
  const width = normalQuantile(confidence) * standardError;
  const { relativeLift: _, ...rest } = look;
  const { servingValue } = look[look.statistic === "censored" ? "censored" : "doublyRobust"];
  return {
    ...rest,
    ...pooled,
    statistic: "pooled",
    looks: earlier.looks + 1,
    interval: [difference - width, difference + width],
    probabilityPositive: normalCdf(difference / standardError),
    ...(servingValue > 0 && { relativeLift: difference / servingValue }),
    withoutOneUser: poolDifferences(earlier.withoutOneUser ?? earlier, look.withoutOneUser),
    minimalDetectableDifference: minimalDetectableDifference(standardError),
  };
}
