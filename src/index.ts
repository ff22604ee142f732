/** The library: the loop in your own process. `createRecurve` opens all of it in one call. */

export { batchesOf } from "./contract/batches.ts";
export type { ItemFields, ItemInput } from "./contract/items.ts";
export type { UserFields, UserInput } from "./contract/users.ts";
export type {
  ActivityFigures,
  ArmActivity,
  UserActivity,
} from "./domain/activity.ts";
export type { ActivityMeasure } from "./domain/activity-measure.ts";
export type { ApiKey, Scope } from "./domain/api-key.ts";
export type { BehaviourEvent, HistoryEntry, RecordOutcome } from "./domain/behaviour.ts";
export type {
  AdsRule,
  Campaign,
  CampaignBudget,
  CampaignMoment,
  FrequencyCap,
  ShownAd,
} from "./domain/campaign.ts";
export type { CampaignReport, CampaignStatus } from "./domain/campaign-report.ts";
export type { Item, Revision, User } from "./domain/catalogue.ts";
export type { Consent, ConsentDefaults } from "./domain/consent.ts";
export type { Cycle } from "./domain/cycle.ts";
export type { CycleOutcome, Verdict } from "./domain/cycle-outcome.ts";
export type { CycleRecord } from "./domain/cycle-record.ts";
export type { Arm, Candidate, Decision, Feedback } from "./domain/decision.ts";
export type { Edge, EdgeType } from "./domain/edge.ts";
export type { ErasedTable, ErasureReceipt, RowCounts, WrittenFile } from "./domain/erasure.ts";
export { EngineError, type ErrorCode, type ErrorDetails, errorCodes } from "./domain/errors.ts";
export type {
  ExplainedEvent,
  ExplainedItem,
  Explanation,
  LeftOutItems,
  RaisingEvent,
  TermName,
} from "./domain/explanation.ts";
export type { FastLoopMark, FastLoopSettings, FastLoopUse } from "./domain/fast-loop.ts";
export type { GateRecord } from "./domain/gate-record.ts";
export type { GuardMetric, GuardSegments } from "./domain/guard-metric.ts";
export {
  type CampaignId,
  campaignId,
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
export type {
  AversionRule,
  Boost,
  Cap,
  ItemRules,
  NewcomerRule,
  PinnedItem,
  RepetitionRule,
  ScenarioRules,
  SeenRule,
} from "./domain/rules.ts";
export type { RewardRule, Scenario, ServingRule } from "./domain/scenario.ts";
export type { SocialRule } from "./domain/social.ts";
export type { Deed, DeedKind } from "./domain/trail.ts";
export {
  type AuditCause,
  type AuditFinding,
  type AuditOptions,
  type AuditReport,
  audit,
  type RemovalKind,
} from "./engine/audit/audit.ts";
export { auditTolerance } from "./engine/audit/compare-propensities.ts";
export type { DecisionView } from "./engine/calls/decision-calls.ts";
export type { Health } from "./engine/calls/health-calls.ts";
export type { Activity, RewardPoint, RewardSeries } from "./engine/calls/measure-calls.ts";
export type { Recommendation, RecordSummary } from "./engine/calls/serving-calls.ts";
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
export type { PrivacyConfiguration, PrivacyInput } from "./engine/configuration/privacy-schema.ts";
export type { ServerConfiguration } from "./engine/configuration/server-schema.ts";
export { createEngine, type EngineOptions } from "./engine/create-engine.ts";
export type { Engine } from "./engine/engine.ts";
export type {
  ActivityInput,
  CampaignInput,
  CampaignReportInput,
  CandidateInput,
  EdgeInput,
  EdgesInput,
  EventInput,
  InterventionInput,
  PageInput,
  RecommendInput,
  RewardSeriesInput,
  RollBackInput,
  ScenarioPageInput,
} from "./engine/input/input.ts";
export type { CycleOptions } from "./engine/learner/cycle/cycle-options.ts";
export { runCycle } from "./engine/learner/cycle/run-cycle.ts";
export { type LearnOptions, learn } from "./engine/learner/learn.ts";
export { type TrainOptions, train } from "./engine/learner/train.ts";
export type {
  BehaviourTrainingOptions,
  TrainProgress,
} from "./engine/learner/training/training-data.ts";
export { openStore, type Store } from "./engine/open-store.ts";
export type { ServingPolicies } from "./engine/serving/serving-policies.ts";
export type { Usage } from "./engine/stages/stage-clock.ts";
export type { TextSettings } from "./engine/state/text/text-features.ts";
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
export type { SharedMetrics } from "./server/metrics.ts";
export type { CampaignFigures, CampaignStore, CampaignSums } from "./storage/campaign-store.ts";
export type { CheckpointStore } from "./storage/checkpoint-store.ts";
export type { ConsentStore } from "./storage/consent-store.ts";
export type { CycleStore } from "./storage/cycle-store.ts";
export type { DecisionStore, RewardBucket, UserRewards } from "./storage/decision-store.ts";
export type {
  Deferral,
  DeferralStore,
  KeptEvent,
  NewDeferral,
} from "./storage/deferral-store.ts";
export type { DocumentKey, DocumentKind, DocumentStore } from "./storage/document-store.ts";
export type { EdgeStore, EngagedItem } from "./storage/edge-store.ts";
export type {
  Erased,
  Erasing,
  ErasureStore,
  LaterErasures,
  Removed,
  SealedReceipt,
  WrittenFileStore,
} from "./storage/erasure-store.ts";
export type { EventRow, EventRowOutcome, EventStore, ScannedEvent } from "./storage/event-store.ts";
export type { InterventionStore } from "./storage/intervention-store.ts";
export type { ItemChange, ItemStore } from "./storage/item-store.ts";
export type { KeyStore } from "./storage/key-store.ts";
export type { NewPolicy, PolicyChange, PolicyStore } from "./storage/policy-store.ts";
export type { KeyedHash, PseudonymKey, PseudonymStore } from "./storage/pseudonym-store.ts";
export type {
  ReactionFilter,
  ReactionRow,
  ReactionStore,
  Scored,
} from "./storage/reaction-store.ts";
export type { RetentionStore, RevisionKind, SweptPage } from "./storage/retention-store.ts";
export type { DamagedRows, Page, PutSummary, RevisionStore } from "./storage/revision-store.ts";
export type { TrailStore } from "./storage/trail-store.ts";
export type { UserStore } from "./storage/user-store.ts";
