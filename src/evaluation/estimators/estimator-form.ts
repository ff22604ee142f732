import type { AllowedRange } from "../checks.ts";
import type { EstimateOptions } from "../estimate.ts";

/** The one number that trades bias for variance. */
export interface EstimatorParameter extends AllowedRange {
  readonly name: "weightClip" | "threshold" | "shrinkage" | "smoothing";
  /** As in the formula. */
  readonly symbol: string;
  /** The value that leaves the weights as they are: the default. */
  readonly neutral: number;
  /** Default values that tuning tries, least bias first. */
  readonly grid: readonly number[];
}

/**
 * An off-policy estimator as data. All of them are a mean over rows of
 * [μ(x) +] ω(w)·(r [− q̂(x, a)]) [/ mean ω(w)], and differ in the bracketed parts and in ω.
 */
export interface EstimatorForm {
  /** As tables and options call it. */
  readonly name: string;
  readonly title: string;
  /** Contribution of a row to the mean. */
  readonly formula: string;
  readonly paper: string;
  /** Which weights w it starts from; none for the direct method. */
  readonly weights: "importance" | "matches" | "marginal" | "balancing" | "none";
  /** With the brackets μ(x) and q̂. */
  readonly modelled: boolean;
  /** With the denominator. */
  readonly selfNormalised: boolean;
  /** Absent if the estimator has no parameter. */
  readonly parameter?: EstimatorParameter;
  /** Refuses rewards below 0, for which its formula isn't defined. */
  readonly nonNegativeRewards?: true;
  /**
   * ω(w) of each row, ≥ 0 and finite for w ≥ 0, in an array of its own. The loop is inside the
   * estimator: a call per row of a function that differs by estimator would take longer than the
   * rest.
   */
  weigh(weights: Float64Array, parameter: number, rewards: Float64Array): Float64Array;
}

/** Confidence level and parameter of an estimate. */
export interface EstimatorOptions extends EstimateOptions {
  /** Value of the estimator's parameter; default: the neutral value. */
  readonly parameter?: number;
}
