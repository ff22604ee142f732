import type { Guard, SlateDependence } from "../domain/gate-record.ts";
import type { MpoConfiguration } from "../domain/mpo-configuration.ts";
import { defaultMpo } from "../domain/mpo-fields.ts";
import type { GateSupport } from "./gate-support.ts";

type Gate = MpoConfiguration["gate"];

/**
 * Requirements on a candidate. Units and meanings: `mpoFields`; source of each number:
 * docs/methods/gate.md.
 */
export interface GateLimits extends Gate {
  /** Which form decides. */
  readonly statistic: "smaller" | "doubly robust";
  /** Largest |z| of `testDependence`; absent if it is not asked. */
  readonly dependenceDeviations?: number;
}

export const limitsOf = (gate: Gate): GateLimits => ({
  ...gate,
  statistic: "smaller",
  dependenceDeviations: 3,
});
export const gateLimits: GateLimits = Object.freeze(limitsOf(defaultMpo.gate));

/**
 * For a serving policy that is shown to be worth no more than the uniform choice: there is nothing
 * to protect, so what the reward model says of choices that the log can't check counts too. See
 * docs/decisions/0016.
 */
export const whereWorthless = ({ dependenceDeviations: _, ...limits }: GateLimits): GateLimits => ({
  ...limits,
  effectiveSampleShare: Math.min(0.01, limits.effectiveSampleShare),
  checkedMass: 0,
  coverageRatio: Math.min(0.5, limits.coverageRatio),
  promoteConfidence: limits.canaryProbability,
  statistic: "doubly robust",
});

/**
 * For looks that are pooled: half the error for each, so that a canary without a gain is promoted in less than 5 % of the cases over
 * its gate and five reviews. See docs/decisions/0029.
 */
export const wherePooled = (limits: GateLimits): GateLimits => ({
  ...limits,
  promoteConfidence: (1 + limits.promoteConfidence) / 2,
});

export interface Coverage {
  readonly candidate: number;
  readonly serving: number;
}

/** If all weights are 1 their standard error is 0, and rounding must not fail the guard. */
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

/** It stops no candidate, but a promotion: see `judgeCandidate`. */
export const dependenceGuard = "dependence on the items above";

/** @param options.support of the candidate */
export function checkGuards(options: {
  readonly support: GateSupport;
  readonly dependence: SlateDependence | undefined;
  readonly coverage: Coverage;
  readonly limits: GateLimits;
}): readonly Guard[] {
  const { support, dependence, coverage, limits } = options;
  const deviation = limits.meanWeightDeviations * support.excessWeightStandardError + rounding;
  return [
    atLeast("effective sample share", support.effectiveSampleShare, limits.effectiveSampleShare),
    atMost("distance of the mean weight", Math.abs(support.excessWeight), deviation),
    atLeast("checked mass", support.checkedMass, limits.checkedMass),
    atLeast("catalogue coverage", coverage.candidate, limits.coverageRatio * coverage.serving),
    ...(dependence === undefined || limits.dependenceDeviations === undefined
      ? []
      : [atMost(dependenceGuard, Math.abs(dependence.z), limits.dependenceDeviations)]),
  ];
}
