import type { GateEvidence, GateLooks, GateRecord } from "../domain/gate-record.ts";
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
}: Pick<GateRecord, keyof GateLooks>): GateLooks | undefined =>
  difference !== undefined && standardError !== undefined && standardError > 0
    ? { looks, difference, standardError, sharedError }
    : undefined;

/**
 * Errors of a mean of two looks: the part common to a user's rows is the same in both, the rest is
 * independent.
 */
function poolErrors(
  looks: readonly [GateLooks | GateEvidence, GateLooks | GateEvidence],
  shares: readonly [number, number],
): Pick<GateLooks, "standardError" | "sharedError"> {
  let sharedError = 0;
  let ownVariance = 0;
  for (const [index, look] of looks.entries()) {
    const share = shares[index]!;
    sharedError += share * look.sharedError;
    ownVariance += share ** 2 * (look.standardError ** 2 - look.sharedError ** 2);
  }
  return { sharedError, standardError: Math.sqrt(ownVariance + sharedError ** 2) };
}

/**
 * A look with the earlier ones, each weighted by 1/s.e.² (the fixed-effect estimate of
 * meta-analysis, Cochran 1954). Users are taken to be the same in all: if others come, the error is
 * overrated.
 * @param confidence of each of the interval's bounds
 */
export function poolLooks(
  look: GateEvidence,
  earlier: GateLooks,
  confidence: number,
): GateEvidence {
  if (!(look.standardError > 0)) return look;
  const [before, now] = [earlier.standardError ** -2, look.standardError ** -2];
  const share = now / (before + now);
  const difference = (1 - share) * earlier.difference + share * look.difference;
  const { standardError, sharedError } = poolErrors([earlier, look], [1 - share, share]);
  const width = normalQuantile(confidence) * standardError;
  const { relativeLift: _, ...rest } = look;
  const { servingValue } = look[look.statistic === "censored" ? "censored" : "doublyRobust"];
  return {
    ...rest,
    statistic: "pooled",
    looks: earlier.looks + 1,
    difference,
    standardError,
    sharedError,
    interval: [difference - width, difference + width],
    probabilityPositive: normalCdf(difference / standardError),
    ...(servingValue > 0 && { relativeLift: difference / servingValue }),
    minimalDetectableDifference: minimalDetectableDifference(standardError),
  };
}
