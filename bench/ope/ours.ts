import type { EvaluatedFeedback } from "../../src/evaluation/estimators/evaluated-feedback.ts";
import { getEstimator } from "../../src/evaluation/estimators/registry.ts";
import { evaluatePolicy } from "../../src/evaluation/evaluate-policy.ts";
import { clusterBootstrapInterval } from "../../src/evaluation/intervals/cluster-bootstrap.ts";
import { weighFeedback } from "../../src/evaluation/logged-feedback.ts";
import { gatherTarget } from "../../src/evaluation/target-distributions.ts";
import { createRandom } from "../../src/numeric/random.ts";
import type { Contest } from "./contests.ts";
import type { BenchFeedback } from "./feedback.ts";
import type { Measured } from "./peer.ts";

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

function measure(work: () => number | undefined): Measured {
  const cpuBefore = process.cpuUsage();
  const startedAt = performance.now();
  const value = work();
  const seconds = (performance.now() - startedAt) / 1000;
  const { user, system } = process.cpuUsage(cpuBefore);
  if (value === undefined) throw new RangeError("an estimator found no support in the bench's log");
  return { value, seconds, cpuSeconds: (user + system) / 1e6 };
}

/** From the arrays to value and interval, every check included, as OBP's call does it. */
export function estimateOurs(feedback: BenchFeedback, { name, parameter }: Contest): Measured {
  const estimator = getEstimator(name);
  return measure(() => {
    const prepared = prepare(feedback, estimator.modelled);
    return estimator.estimate(prepared, parameter === undefined ? {} : { parameter })?.value;
  });
}

/** From the arrays to the table of all estimators with diagnostics: what `recurve evaluate off-policy` computes. */
export function evaluateOurs({ rewards, propensities, ...rest }: BenchFeedback): Measured {
  const { actions, balancingWeights, ...distributions } = rest;
  return measure(() => {
    const target = { ...gatherTarget(actions, distributions), balancingWeights };
    return evaluatePolicy({ rewards, propensities }, target).estimates.dr?.value;
  });
}

/** A value with the interval of as many resamples as the peer draws, from the same arrays. */
export function bootstrapOurs(
  feedback: BenchFeedback,
  { name, parameter }: Contest,
  replicates: number,
): Measured {
  const estimator = getEstimator(name);
  return measure(() => {
    const prepared = prepare(feedback, estimator.modelled);
    const estimate = estimator.estimate(prepared, parameter === undefined ? {} : { parameter });
    if (estimate === undefined) return undefined;
    const { contributions, value } = estimate;
    const random = createRandom(1);
    clusterBootstrapInterval({ contributions, clusters: prepared.clusters, random, replicates });
    return value;
  });
}
