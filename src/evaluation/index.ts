/**
 * Off-policy evaluation without the loop: estimators, intervals, diagnostics and tuning, on arrays of
 * the caller. `evaluatePolicy` runs every estimator that the input allows.
 */

export type { ActivityFigures, UserActivity } from "../domain/activity.ts";
export type { ActivityMeasure } from "../domain/activity-measure.ts";
export { compareActivity, measureActivity } from "./activity.ts";
export {
  diagnoseWeights,
  meanWeightZ,
  minimalDetectableDifference,
  minimalDetectableLift,
  unsupportedMass,
  type WeightDiagnostics,
} from "./diagnostics.ts";
export type { Estimate } from "./estimate.ts";
export { crossFit } from "./estimators/cross-fit.ts";
export type { Estimator } from "./estimators/estimator.ts";
export type { EstimatorOptions } from "./estimators/estimator-form.ts";
export { clusterCategory, marginalWeights } from "./estimators/marginal-weights.ts";
export { estimators, getEstimator } from "./estimators/registry.ts";
export { evaluatePolicy, type PolicyEvaluation } from "./evaluate-policy.ts";
export { asymptoticSequenceInterval } from "./intervals/asymptotic-sequence.ts";
export { bettingInterval } from "./intervals/betting.ts";
export {
  clopperPearsonInterval,
  weightedClopperPearsonInterval,
} from "./intervals/clopper-pearson.ts";
export {
  type BootstrapOptions,
  clusterBootstrapInterval,
} from "./intervals/cluster-bootstrap.ts";
export {
  type ConfidenceSequence,
  createConfidenceSequence,
  type SequenceOptions,
} from "./intervals/confidence-sequence.ts";
export {
  createDifferenceSequence,
  type DifferenceSequence,
} from "./intervals/difference-sequence.ts";
export { empiricalBernsteinInterval } from "./intervals/empirical-bernstein.ts";
export {
  empiricalLikelihoodInterval,
  empiricalLikelihoodValue,
  type LikelihoodOptions,
} from "./intervals/empirical-likelihood.ts";
export { hoeffdingInterval } from "./intervals/hoeffding.ts";
export type {
  BoundedSamples,
  Bounds,
  Interval,
  WeightedRewards,
} from "./intervals/interval.ts";
export { normalInterval, type StandardErrorInterval } from "./intervals/normal.ts";
export { studentInterval } from "./intervals/student.ts";
export {
  createWeightedConfidenceSequence,
  type WeightedConfidenceSequence,
} from "./intervals/weighted-confidence-sequence.ts";
export {
  type LoggedFeedback,
  type TargetArrays,
  weighFeedback,
} from "./logged-feedback.ts";
export { calibrateModel } from "./model-calibration.ts";
export { propensityHistogram } from "./propensity-histogram.ts";
export type { StepOptions } from "./sequential/estimate-steps.ts";
export {
  type FittedQ,
  type FittedQInput,
  fittedQEvaluation,
} from "./sequential/fitted-q.ts";
export { type TabularSteps, tabularFeatures } from "./sequential/tabular-features.ts";
export {
  perDecisionImportanceSampling,
  sequentialDirectMethod,
  sequentialDoublyRobust,
  type TrajectoryOptions,
  trajectoryImportanceSampling,
} from "./sequential/trajectory-estimators.ts";
export {
  type LoggedTrajectories,
  type TrajectoryTarget,
  type WeightedTrajectories,
  weighTrajectories,
} from "./sequential/weigh-trajectories.ts";
export {
  cascadeDoublyRobust,
  independentInversePropensity,
  pseudoInverse,
  rewardInteractionInversePropensity,
  slateInversePropensity,
} from "./slates/slate-estimators.ts";
export {
  type LoggedSlates,
  type SlateTarget,
  type WeightedSlates,
  type Weighting,
  weighSlates,
} from "./slates/weigh-slates.ts";
export { gatherTarget } from "./target-distributions.ts";
export { chooseCategories } from "./tuning/choose-categories.ts";
export { tuneEstimator } from "./tuning/tune-estimator.ts";
