import { EngineError } from "../../domain/errors.ts";
import { checkNumber, findNegative } from "../checks.ts";
import type { WeightedFeedback } from "../logged-feedback.ts";
import type { EstimatorForm } from "./estimator-form.ts";

/** Input of all estimators, made by `weighFeedback`; each estimator needs a part of it. */
export interface EvaluatedFeedback extends WeightedFeedback {
  /** Σ_a π(a|x)·q̂(x, a). */
  readonly directValues?: Float64Array;
  /** q̂(x, a) of the logged action. */
  readonly predictions?: Float64Array;
  /** π(a|x) of the logged action. */
  readonly targetProbabilities?: Float64Array;
  /** w(x, e), see `marginalWeights`. */
  readonly marginalWeights?: Float64Array;
  /** Weights that balance the log against the target, learned elsewhere. */
  readonly balancingWeights?: Float64Array;
}

/** Input of an estimator: columns of one length. Without a model both model columns are absent. */
export interface EstimatorColumns {
  readonly rewards: Float64Array;
  readonly weights: Float64Array | undefined;
  readonly directValues: Float64Array | undefined;
  readonly predictions: Float64Array | undefined;
}

const sources = {
  importance: "importanceWeights",
  matches: "targetProbabilities",
  marginal: "marginalWeights",
  balancing: "balancingWeights",
} as const;

/** The inputs of an estimator that this feedback lacks. */
export function findMissing(form: EstimatorForm, feedback: EvaluatedFeedback): string[] {
  const needed: (keyof EvaluatedFeedback)[] = form.modelled ? ["directValues", "predictions"] : [];
  if (form.weights !== "none") needed.push(sources[form.weights]);
  return needed.filter((field) => feedback[field] === undefined);
}

/** @throws invalid_request for missing input or, if the form excludes it, a negative reward */
export function selectColumns(form: EstimatorForm, feedback: EvaluatedFeedback): EstimatorColumns {
  const [field] = findMissing(form, feedback);
  if (field !== undefined) {
    throw new EngineError(
      "invalid_request",
      `${form.name} needs ${field}, got none; pass it with the target or choose another estimator`,
      { details: { field, estimator: form.name } },
    );
  }
  const { rewards, directValues, predictions } = feedback;
  if (form.nonNegativeRewards) checkNonNegative(form.name, rewards);
  return {
    rewards,
    weights: form.weights === "none" ? undefined : feedback[sources[form.weights]],
    directValues: form.modelled ? directValues : undefined,
    predictions: form.modelled ? predictions : undefined,
  };
}

function checkNonNegative(name: string, rewards: Float64Array): void {
  const row = findNegative(rewards);
  if (row < 0) return;
  checkNumber(
    "rewards",
    rewards[row]!,
    {
      low: 0,
      high: Number.POSITIVE_INFINITY,
      expected: `≥ 0 for ${name}`,
      remedy: "choose another estimator",
    },
    row,
  );
}

/**
 * The parameter to compute with.
 * @throws invalid_request if it is out of range, or if the estimator has none
 */
export function resolveParameter({ name, parameter }: EstimatorForm, value?: number): number {
  if (parameter === undefined) {
    if (value === undefined) return 0;
    throw new EngineError(
      "invalid_request",
      `${name} has no parameter, got ${value}; leave it out`,
      { details: { field: "parameter", value, estimator: name } },
    );
  }
  if (value === undefined) return parameter.neutral;
  checkNumber(parameter.name, value, parameter);
  return value;
}

/** Sums of smaller weights would underflow, and 0 divided by 0 is no estimate. */
const leastWeight = 1e-100;

/** ω(w_i) of each row; weights too small for their sums are taken for 0. */
export function shapeWeights(
  form: EstimatorForm,
  { rewards, weights }: EstimatorColumns,
  parameter: number,
): Float64Array {
  if (weights === undefined) return new Float64Array(rewards.length);
  const shaped = form.weigh(weights, parameter, rewards);
  for (let row = 0; row < shaped.length; row++) if (shaped[row]! < leastWeight) shaped[row] = 0;
  return shaped;
}
