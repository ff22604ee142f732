import type { Estimate } from "../estimate.ts";
import type { EstimateStream } from "./estimate-stream.ts";
import type { EstimatorForm, EstimatorOptions } from "./estimator-form.ts";
import type { EvaluatedFeedback } from "./evaluated-feedback.ts";

/**
 * An off-policy estimator: its name, formula, source and needs, with its array and streaming form.
 */
export interface Estimator extends EstimatorForm {
  /**
   * The value of the target policy with its standard error and normal interval, users as clusters.
   * @returns undefined if a self-normalised estimator finds no row with weight: 0/0, the log does
   * not support the target
   * @throws invalid_request for a parameter out of its range, a negative reward if the estimator
   * excludes it, or missing input
   */
  estimate(feedback: EvaluatedFeedback, options?: EstimatorOptions): Estimate | undefined;
  /** The same numbers in one pass, in memory that no number of rows changes; rows count as independent. */
  stream(options?: EstimatorOptions): EstimateStream;
}
