import { normalCdf, normalQuantile } from "../numeric/statistics.ts";
import { minimalDetectableDifference } from "./diagnostics.ts";
import type { GateEvidence, GateRecord } from "./gate-record.ts";

/** What looks at the same two policies found together. A type, not an interface: only those fit JsonObject. */
export type GateLooks = {
  readonly looks: number;
  /** Candidate minus serving policy, reward units a row. */
  readonly difference: number;
  readonly standardError: number;
};

/** What a record's looks found; undefined where it says nothing: too few rows, refused, or nothing that varied. */
export const looksOf = ({
  looks = 1,
  difference,
  standardError,
}: Pick<GateRecord, keyof GateLooks>): GateLooks | undefined =>
  difference !== undefined && standardError !== undefined && standardError > 0
    ? { looks, difference, standardError }
    : undefined;

/**
 * A look with the earlier ones, each weighted by 1/s.e.² (the fixed-effect estimate of meta-analysis, Cochran 1954).
 * @param confidence of each of the interval's bounds
 */
export function poolLooks(
  look: GateEvidence,
  earlier: GateLooks,
  confidence: number,
): GateEvidence {
  if (!(look.standardError > 0)) return look;
  const [before, now] = [earlier.standardError ** -2, look.standardError ** -2];
  const difference = (before * earlier.difference + now * look.difference) / (before + now);
  const standardError = (before + now) ** -0.5;
  const width = normalQuantile(confidence) * standardError;
  const { relativeLift: _, ...rest } = look;
  const { servingValue } = look[look.statistic === "censored" ? "censored" : "doublyRobust"];
  return {
    ...rest,
    statistic: "pooled",
    looks: earlier.looks + 1,
    difference,
    standardError,
    interval: [difference - width, difference + width],
    probabilityPositive: normalCdf(difference / standardError),
    ...(servingValue > 0 && { relativeLift: difference / servingValue }),
    minimalDetectableDifference: minimalDetectableDifference(standardError),
  };
}
