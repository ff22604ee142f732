import type { WeightDiagnostics } from "./diagnostics.ts";
import type { Guard } from "./gate-record.ts";

/** What a candidate has to show. Where each number comes from: docs/methods/gate.md. */
export interface GateLimits {
  readonly minimumRows: number;
  /** Users. */
  readonly minimumClusters: number;
  /** ESS/n below which the statistics say nothing and are not computed. */
  readonly lookShare: number;
  /** ESS/n needed to promote. */
  readonly effectiveSampleShare: number;
  /** Distance of the mean weight from 1, in its standard errors. */
  readonly meanWeightDeviations: number;
  readonly unsupportedMass: number;
  /** Share of the weights that the clip cuts off. */
  readonly clippedShare: number;
  /** Catalogue coverage of the candidate over that of the serving policy. */
  readonly coverageRatio: number;
  /** One-sided confidence of the bound that must lie above 0 for all traffic. */
  readonly promoteConfidence: number;
  /** P(Δ > 0) that is enough for the canary share. */
  readonly canaryProbability: number;
}

export const gateLimits: GateLimits = Object.freeze({
  minimumRows: 100,
  minimumClusters: 20,
  lookShare: 0.05,
  effectiveSampleShare: 0.15,
  meanWeightDeviations: 3,
  unsupportedMass: 0.05,
  clippedShare: 0.05,
  coverageRatio: 0.8,
  promoteConfidence: 0.95,
  canaryProbability: 0.8,
});

/**
 * For a serving policy that is not shown to be better than the uniform choice: there is no incumbent to protect, so a
 * probable gain is enough, from a log that may be thin. See docs/decisions/0016.
 */
export const unprovenLimits: GateLimits = Object.freeze({
  ...gateLimits,
  effectiveSampleShare: gateLimits.lookShare,
  clippedShare: 0.2,
  coverageRatio: 0.5,
  promoteConfidence: gateLimits.canaryProbability,
});

export interface Coverage {
  readonly candidate: number;
  readonly serving: number;
}

/** Where all weights are 1 their standard error is 0, and rounding must not fail the guard. */
const rounding = 1e-6;

const atLeast = (name: string, value: number, limit: number): Guard => ({
  name,
  value,
  limit,
  passed: value >= limit,
});
const atMost = (name: string, value: number, limit: number): Guard => ({
  name,
  value,
  limit,
  passed: value <= limit,
});

/** @param options.weights of the candidate */
export function checkGuards(options: {
  readonly weights: WeightDiagnostics;
  readonly unsupportedMass: number;
  readonly coverage: Coverage;
  readonly limits: GateLimits;
}): readonly Guard[] {
  const { weights, unsupportedMass, coverage, limits } = options;
  const deviation = limits.meanWeightDeviations * weights.meanWeightStandardError + rounding;
  return [
    atLeast("effective sample share", weights.effectiveSampleShare, limits.effectiveSampleShare),
    atMost("distance of the mean weight from 1", Math.abs(weights.meanWeight - 1), deviation),
    atMost("unsupported mass", unsupportedMass, limits.unsupportedMass),
    atMost("clipped-away weight", weights.clippedShare, limits.clippedShare),
    atLeast("catalogue coverage", coverage.candidate, limits.coverageRatio * coverage.serving),
  ];
}
