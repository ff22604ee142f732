import type { EvaluatedFeedback } from "../../src/evaluation/estimators/evaluated-feedback.ts";
import { getEstimator } from "../../src/evaluation/estimators/registry.ts";
import { weighFeedback } from "../../src/evaluation/logged-feedback.ts";
import { gatherTarget } from "../../src/evaluation/target-distributions.ts";
import type { Contest } from "./contests.ts";
import type { BenchFeedback } from "./feedback.ts";

/** Checks the arrays and takes out of them what estimators need. */
export function prepare(feedback: BenchFeedback, modelled: boolean): EvaluatedFeedback {
  const { rewards, propensities, actions, probabilities, predictions, balancingWeights } = feedback;
  return weighFeedback(
    { rewards, propensities },
    {
      ...gatherTarget(actions, { probabilities, ...(modelled && { predictions }) }),
      balancingWeights,
    },
  );
}

/** From the arrays to value and interval, every check included, as OBP's call does it. */
export function measureOurs(feedback: BenchFeedback, { name, parameter }: Contest) {
  const estimator = getEstimator(name);
  const startedAt = performance.now();
  const prepared = prepare(feedback, estimator.modelled);
  const estimate = estimator.estimate(prepared, parameter === undefined ? {} : { parameter });
  const seconds = (performance.now() - startedAt) / 1000;
  if (estimate === undefined) throw new RangeError(`${name} found no support in the bench's log`);
  return { value: estimate.value, seconds };
}
