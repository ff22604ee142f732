import { EngineError } from "../../domain/errors.ts";
import type { Estimate } from "../estimate.ts";
import type { Estimator } from "../estimators/estimator.ts";
import type { EvaluatedFeedback } from "../estimators/evaluated-feedback.ts";
import { estimateSquaredError } from "./estimated-error.ts";
import { acceptBySlope, slopeWidth } from "./slope.ts";

export interface TuningOptions {
  /** `slope`: Su, Srinath & Krishnamurthy 2020. `estimated-error`: Su, Dimakopoulou, Krishnamurthy & Dudík 2020, section 5. */
  readonly method: "slope" | "estimated-error";
  /** Values to try, least bias first; default: the estimator's own. */
  readonly grid?: readonly number[];
  /** δ of the confidence bounds, default 0.05. */
  readonly missProbability?: number;
  /** Of the estimated error: whether its bias is an upper bound or the plain estimate (default). */
  readonly biasBound?: boolean;
}

export interface TunedCandidate {
  readonly parameter: number;
  readonly estimate: Estimate;
  /** The half-width of SLOPE, or the estimated squared error: less is better, as far as the method allows. */
  readonly score: number;
}

export interface TunedEstimate {
  readonly parameter: number;
  readonly estimate: Estimate;
  /** In the grid's order. */
  readonly candidates: readonly TunedCandidate[];
}

function checkTunable({ name, parameter, selfNormalised }: Estimator): void {
  if (parameter !== undefined && !selfNormalised) return;
  throw new EngineError(
    "invalid_request",
    `${name} has no parameter that can be tuned; estimate without`,
    { details: { field: "estimator", value: name } },
  );
}

function tryAll(
  estimator: Estimator,
  feedback: EvaluatedFeedback,
  options: TuningOptions,
): TunedCandidate[] {
  const { method, missProbability = 0.05, biasBound = false } = options;
  const candidates: TunedCandidate[] = [];
  for (const parameter of options.grid ?? estimator.parameter?.grid ?? []) {
    const estimate = estimator.estimate(feedback, { parameter });
    if (estimate === undefined) continue;
    const score =
      method === "slope"
        ? slopeWidth(estimate, feedback.clusters, missProbability)
        : estimateSquaredError(estimator, feedback, {
            parameter,
            estimate,
            ...(biasBound && { missProbability }),
          });
    candidates.push({ parameter, estimate, score });
  }
  return candidates;
}

/**
 * Chooses an estimator's parameter from the same feedback that it is then used on, so the interval of the choice is a little too narrow.
 * @throws invalid_request for an estimator without a parameter, an empty grid, fewer than two users
 */
export function tuneEstimator(
  estimator: Estimator,
  feedback: EvaluatedFeedback,
  options: TuningOptions,
): TunedEstimate {
  checkTunable(estimator);
  if (feedback.clusters.count < 2) {
    throw new EngineError(
      "invalid_request",
      "tuning needs at least 2 users, got 1; set the parameter by hand",
      { details: { field: "clusters", value: feedback.clusters.count } },
    );
  }
  const candidates = tryAll(estimator, feedback, options);
  const [first, ...rest] = candidates;
  if (first === undefined) {
    throw new EngineError(
      "invalid_request",
      "grid must hold at least one value, got none; leave it out for the estimator's own",
      {
        details: { field: "grid", value: 0 },
      },
    );
  }
  const chosen =
    options.method === "slope"
      ? acceptBySlope(
          candidates.map((one) => ({ ...one, value: one.estimate.value, width: one.score })),
        ).at(-1)
      : rest.reduce((best, one) => (one.score < best.score ? one : best), first);
  const { parameter, estimate } = chosen ?? first;
  return { parameter, estimate, candidates };
}
