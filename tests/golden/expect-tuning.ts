import { expect } from "vitest";
import type { EvaluatedFeedback } from "../../src/evaluation/estimators/evaluated-feedback.ts";
import { tuneEstimator } from "../../src/evaluation/tuning/tune-estimator.ts";
import { findByPeerName, type PeerTuning } from "./estimator-golden.ts";
import { expectClose } from "./read-golden.ts";

/** The choice of a tuning, and the estimate and score of each candidate. */
export function expectPeerTuning(
  golden: PeerTuning,
  feedback: EvaluatedFeedback,
  tolerance: number,
): void {
  const { tuning_method, delta, use_bias_upper_bound } = golden.params;
  const expected = golden.candidates_in_obp_order;
  const tuned = tuneEstimator(findByPeerName(golden.estimator), feedback, {
    method: tuning_method === "slope" ? "slope" : "estimated-error",
    grid: expected.map(({ lambda }) => Number(lambda)),
    missProbability: delta,
    biasBound: use_bias_upper_bound ?? false,
  });
  for (const [index, { estimate, cnf, mse }] of expected.entries()) {
    expectClose(tuned.candidates[index]?.estimate.value, estimate, tolerance);
    expectClose(tuned.candidates[index]?.score, (cnf ?? mse)!, tolerance);
  }
  expectClose(tuned.estimate.value, golden.value, tolerance);
  if (golden.lambdas_with_same_estimate === undefined) {
    expect(tuned.parameter).toBe(Number(golden.selected));
  }
}
