/**
 * The library: the loop in your own process.
 *
 * @example
 * const recurve = await createRecurve({ database: "recurve.db" });
 * await recurve.putItems([{ itemId: "sku-1", categories: ["shoes"] }, { itemId: "sku-2" }]);
 * const { decision } = await recurve.recommend({ userId: "ada", slateSize: 1 });
 * await recurve.close();
 */

export type { ItemFields, ItemInput, UserFields, UserInput } from "./contract/api.ts";
export type { BehaviourEvent, HistoryEntry, RecordOutcome } from "./domain/behaviour.ts";
export type { Item, Revision, User } from "./domain/catalogue.ts";
export type { Cycle } from "./domain/cycle.ts";
export type { CycleOutcome, Verdict } from "./domain/cycle-outcome.ts";
export type { CycleRecord } from "./domain/cycle-record.ts";
export type { Arm, Candidate, Decision, Feedback } from "./domain/decision.ts";
export { EngineError, type ErrorCode, type ErrorDetails, errorCodes } from "./domain/errors.ts";
export type { FastLoopMark, FastLoopSettings } from "./domain/fast-loop.ts";
export type { GateRecord } from "./domain/gate-record.ts";
export {
  type DecisionId,
  decisionId,
  type ItemId,
  itemId,
  type UserId,
  userId,
} from "./domain/ids.ts";
export type { Intervention, InterventionKind, InterventionNote } from "./domain/intervention.ts";
export type { Json, JsonObject } from "./domain/json.ts";
export type { MpoConfiguration, MpoInput } from "./domain/mpo-configuration.ts";
export type { PolicyEvidence } from "./domain/policy-evidence.ts";
export type {
  Assignment,
  PolicyKind,
  PolicySnapshot,
  PolicyStatus,
  PromotionMode,
} from "./domain/policy-snapshot.ts";
export type { RewardRule, Scenario } from "./domain/scenario.ts";
export {
  type AuditCause,
  type AuditFinding,
  type AuditOptions,
  type AuditReport,
  audit,
  auditTolerance,
} from "./engine/audit/audit.ts";
export {
  type Configuration,
  type LearnerConfiguration,
  parseConfiguration,
} from "./engine/configuration/configuration.ts";
export {
  type ConfigurationInput,
  defineConfig,
  type LearnerInput,
  type RewardRuleInput,
  type ScenarioInput,
} from "./engine/configuration/define-config.ts";
export { loadConfiguration } from "./engine/configuration/load-configuration.ts";
export { createEngine, type EngineOptions } from "./engine/create-engine.ts";
export type {
  DecisionView,
  Engine,
  Health,
  Recommendation,
  RecordSummary,
  RewardPoint,
  RewardSeries,
} from "./engine/engine.ts";
export type {
  CandidateInput,
  EventInput,
  PageInput,
  RecommendInput,
  RewardSeriesInput,
  ScenarioPageInput,
} from "./engine/input/input.ts";
export type { InterventionInput } from "./engine/interventions/parse-input.ts";
export { type CycleOptions, runCycle } from "./engine/learner/cycle/run-cycle.ts";
export type { Usage } from "./engine/learner/cycle/stage-clock.ts";
export { type LearnOptions, learn } from "./engine/learner/learn.ts";
export { type TrainOptions, train } from "./engine/learner/train.ts";
export type { PretrainOptions, PretrainProgress } from "./engine/learner/training/training-data.ts";
export { openStore, type Store } from "./engine/open-store.ts";
export type { ServingPolicies } from "./engine/serving/serving-policies.ts";
export type { TextSettings } from "./engine/state/text/text-features.ts";
export {
  diagnoseWeights,
  meanWeightZ,
  minimalDetectableDifference,
  minimalDetectableLift,
  unsupportedMass,
  type WeightDiagnostics,
} from "./evaluation/diagnostics.ts";
export type { Estimate } from "./evaluation/estimate.ts";
export { crossFit } from "./evaluation/estimators/cross-fit.ts";
export type { Estimator } from "./evaluation/estimators/estimator.ts";
export type { EstimatorOptions } from "./evaluation/estimators/estimator-form.ts";
export { clusterCategory, marginalWeights } from "./evaluation/estimators/marginal-weights.ts";
export { estimators, getEstimator } from "./evaluation/estimators/registry.ts";
export { evaluatePolicy, type PolicyEvaluation } from "./evaluation/evaluate-policy.ts";
export { asymptoticSequenceInterval } from "./evaluation/intervals/asymptotic-sequence.ts";
export { bettingInterval } from "./evaluation/intervals/betting.ts";
export {
  clopperPearsonInterval,
  weightedClopperPearsonInterval,
} from "./evaluation/intervals/clopper-pearson.ts";
export {
  type BootstrapOptions,
  clusterBootstrapInterval,
} from "./evaluation/intervals/cluster-bootstrap.ts";
export {
  type ConfidenceSequence,
  createConfidenceSequence,
  type SequenceOptions,
} from "./evaluation/intervals/confidence-sequence.ts";
export {
  createDifferenceSequence,
  type DifferenceSequence,
} from "./evaluation/intervals/difference-sequence.ts";
export { empiricalBernsteinInterval } from "./evaluation/intervals/empirical-bernstein.ts";
export {
  empiricalLikelihoodInterval,
  empiricalLikelihoodValue,
  type LikelihoodOptions,
} from "./evaluation/intervals/empirical-likelihood.ts";
export { hoeffdingInterval } from "./evaluation/intervals/hoeffding.ts";
export type {
  BoundedSamples,
  Bounds,
  Interval,
  WeightedRewards,
} from "./evaluation/intervals/interval.ts";
export { normalInterval, type StandardErrorInterval } from "./evaluation/intervals/normal.ts";
export { studentInterval } from "./evaluation/intervals/student.ts";
export {
  createWeightedConfidenceSequence,
  type WeightedConfidenceSequence,
} from "./evaluation/intervals/weighted-confidence-sequence.ts";
export {
  type LoggedFeedback,
  type TargetArrays,
  weighFeedback,
} from "./evaluation/logged-feedback.ts";
export { calibrateModel } from "./evaluation/model-calibration.ts";
export { propensityHistogram } from "./evaluation/propensity-histogram.ts";
export type { StepOptions } from "./evaluation/sequential/estimate-steps.ts";
export {
  type FittedQ,
  type FittedQInput,
  fittedQEvaluation,
} from "./evaluation/sequential/fitted-q.ts";
export { type TabularSteps, tabularFeatures } from "./evaluation/sequential/tabular-features.ts";
export {
  perDecisionImportanceSampling,
  sequentialDirectMethod,
  sequentialDoublyRobust,
  type TrajectoryOptions,
  trajectoryImportanceSampling,
} from "./evaluation/sequential/trajectory-estimators.ts";
export {
  type LoggedTrajectories,
  type TrajectoryTarget,
  type WeightedTrajectories,
  weighTrajectories,
} from "./evaluation/sequential/weigh-trajectories.ts";
export {
  cascadeDoublyRobust,
  independentInversePropensity,
  pseudoInverse,
  rewardInteractionInversePropensity,
  slateInversePropensity,
} from "./evaluation/slates/slate-estimators.ts";
export {
  type LoggedSlates,
  type SlateTarget,
  type WeightedSlates,
  type Weighting,
  weighSlates,
} from "./evaluation/slates/weigh-slates.ts";
export { gatherTarget } from "./evaluation/target-distributions.ts";
export { chooseCategories } from "./evaluation/tuning/choose-categories.ts";
export { tuneEstimator } from "./evaluation/tuning/tune-estimator.ts";
export { createRecurve } from "./host/create-recurve.ts";
export type { Log, Recurve, RecurveOptions } from "./host/recurve.ts";
export { createRandom, type RandomStream } from "./numeric/random.ts";
export {
  ApiError,
  type ClientOptions,
  createClient,
  type Fetch,
  type RecurveClient,
} from "./sdk/client.ts";
export type { App, LogError, ServerEnv } from "./server/app.ts";
export { createServer, type ServerOptions } from "./server/create-server.ts";
export { type Listening, type ListenOptions, listen } from "./server/listen.ts";
export type {
  CheckpointStore,
  CycleStore,
  DamagedRows,
  DecisionStore,
  EventRow,
  EventRowOutcome,
  EventStore,
  InterventionStore,
  ItemChange,
  ItemStore,
  NewPolicy,
  Page,
  PolicyChange,
  PolicyStore,
  PutSummary,
  RevisionStore,
  RewardBucket,
  UserRewards,
  UserStore,
} from "./storage/store.ts";
export { add, multiply, subtract } from "./tensor/arithmetic.ts";
export { negate, sigmoid, softplus } from "./tensor/elementwise.ts";
export { createGraph, type Graph, input, parameter, type Value } from "./tensor/graph.ts";
export { matmul } from "./tensor/linear-algebra.ts";
export { binaryCrossEntropy } from "./tensor/losses.ts";
export { mean } from "./tensor/reduction.ts";
export { createTrainer, type Trainer, type TrainerOptions } from "./tensor/trainer.ts";
