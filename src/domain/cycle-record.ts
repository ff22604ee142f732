import type { EncoderWatch, NewEncoder } from "./encoder-record.ts";
import type { FirstSlates } from "./first-slates.ts";
import type { GateRecord } from "./gate-record.ts";
import type {
  CalibrationRecord,
  DistillationRecord,
  DoubtfulItem,
  LossRecord,
  PolicyDifference,
  SegmentDifference,
  SeparationRecord,
  TriedSetting,
} from "./improvement-record.ts";
import type { AnchorReview, CanaryReview, PromotionReview } from "./policy-evidence.ts";
import type { PrivacyRecord } from "./privacy.ts";
import type { Damageable } from "./stored-record.ts";

/** The share of the feedback that a cycle reads, and its expected cost. */
export interface CyclePlan {
  /** Newest decisions that are read. */
  readonly read: number;
  /** Decisions that become rows. */
  readonly decisions: number;
  /** Candidates over all their rows. */
  readonly cells: number;
  readonly expectedMs: number;
  readonly expectedMiB: number;
}

export type ByStage = Readonly<Record<string, number>>;

/** Cost by stage. */
export interface StageCosts {
  /** Wall time, milliseconds. */
  readonly stageMs: ByStage;
  /** Processor time of all threads, milliseconds. */
  readonly stageCpuMs: ByStage;
  /**
   * Most memory that was resident, MiB: exact if the stage set a new peak of the process, else the
   * larger of its start and end.
   */
  readonly stagePeakMiB: ByStage;
}

/** Counts of the feedback that a cycle read. */
export interface FeedbackCounts {
  /** One for a shown item. */
  readonly rows: number;
  /** Over the rows. */
  readonly candidates: number;
  /** Decisions read; `kept` of them became rows. */
  readonly decisions: number;
  readonly kept: number;
  readonly newDecisions: number;
  readonly users: number;
  /** Rows that judged. */
  readonly judged: number;
  /** New rows that judge nothing, since their policy is gone or they are of the uniform slice's own candidates; absent if there is none. */
  readonly trainOnly?: number;
  /** Rows of items that nobody viewed, which trained no critic; absent if no event would say so. */
  readonly unviewed?: number;
  /** Share of the impressions that popularity no longer counts, since items have changed, in (0, 1); absent if it counts all. */
  readonly outdated?: number;
}

/**
 * Earnings of the serving arm on its new traffic, by all policies in it; reward units for a shown
 * item.
 */
export interface ServingEvaluation {
  readonly rows: number;
  readonly meanReward: number;
  /** 95 %, with users as clusters, since one user's rows are alike. */
  readonly interval: readonly [number, number];
  /** Share of shown items that earned more than the default. */
  readonly successRate: number;
  readonly baselineMeanReward?: number;
}

export const reviewKinds = ["canary", "parent"] as const;
/** `ask`: it may take over after an operator's approval. */
export const reviewActions = ["promote", "ask", "retire", "keep", "roll-back"] as const;

/** The canary or the parent against the serving policy, off-policy. */
export interface Review {
  readonly kind: (typeof reviewKinds)[number];
  readonly version: number;
  readonly gate: GateRecord;
  readonly action: (typeof reviewActions)[number];
  /** Reason why this look may not promote a canary; absent if it may. */
  readonly onlyLive?: string;
}

/** Everything measured by a cycle that reached the gate. */
export interface FindingsRecord extends StageCosts {
  readonly seed: number;
  readonly plan: CyclePlan;
  readonly feedback: FeedbackCounts;
  /** Absent if fewer than two users were served. */
  readonly evaluation?: ServingEvaluation;
  /** Of the last promotion, on live rewards. */
  readonly promotion?: PromotionReview;
  /** Of the retriever that its confirmed promotion made, on live rewards. */
  readonly retrieval?: PromotionReview;
  /** Of the canary, on live rewards. */
  readonly canary?: CanaryReview;
  /** What all promotions since the anchor have gained together, on live rewards. */
  readonly anchor?: AnchorReview;
  readonly review?: Review;
  readonly policyDifference: PolicyDifference & { readonly segments: readonly SegmentDifference[] };
  /** x, by the names of `contextNames`. */
  readonly context: Readonly<Record<string, number>>;
  readonly settings: readonly TriedSetting[];
  /** Name of the setting with the largest weight, or *do nothing*. */
  readonly chosenSetting: string;
  /** Judged difference of the mixture to the serving policy. */
  readonly judgedDifference: number;
  readonly discriminator: SeparationRecord & {
    readonly heldOut: SeparationRecord;
    /** b in [0, 1]: b·D are the log odds that the held-out rows bear out. */
    readonly slope: number;
    readonly restrains: boolean;
  };
  readonly doubtfulItems: readonly DoubtfulItem[];
  readonly critic: LossRecord;
  readonly calibration: CalibrationRecord;
  /** θ_k by position, and the errors of log θ_k. */
  readonly examination: {
    readonly values: readonly number[];
    readonly standardErrors: readonly number[];
  };
  readonly distillation: DistillationRecord;
  readonly gate: GateRecord;
  /** ε until the next cycle. */
  readonly exploration: number;
  /** Absent if encoders are trained by hand alone. */
  readonly encoderWatch?: EncoderWatch;
}

/** An epoch of training on behaviour. */
export interface TrainedEpoch {
  /** 1 is the first. */
  readonly epoch: number;
  /** Mean over its targets, nats. */
  readonly loss: number;
  /** NDCG@10 on held-out events; absent if the epoch was not validated. */
  readonly metric?: number;
}

/** Training on behaviour events: before the first decision, or as the encoder learns on. */
export interface TrainingRecord {
  /** Of the encoder, on behaviour. */
  readonly training: {
    readonly preset: string;
    readonly parameters: number;
    /** Newest events that it reads. */
    readonly length: number;
    /** Events that it was trained to foresee, and the users and items of all. */
    readonly targets: number;
    readonly users: number;
    readonly items: number;
    /** Epochs that ran, and the one that is kept. */
    readonly epochs: number;
    readonly bestEpoch: number;
    /** In order; absent in records from before it was kept. */
    readonly curve?: readonly TrainedEpoch[];
    /** NDCG@10 of that epoch on held-out events; absent if there was nothing to rank. */
    readonly metric?: number;
    /** λ of the Markov chain beside the network, its window and its decay; absent at λ = 0. */
    readonly chain?: { readonly weight: number; readonly window: number; readonly decay: number };
  };
  readonly slates: FirstSlates;
  /** Absent before the first decision. */
  readonly newEncoder?: NewEncoder;
}

/** Of a private training. */
export interface PrivateTrainingRecord {
  readonly privacy: PrivacyRecord;
}

/**
 * The findings of a cycle. A cycle that reached the gate has all of them. A skipped one has its
 * seed, and plan and costs of the stages before. Training on behaviour has parts of its own. A failed cycle has none.
 */
export interface CycleRecord
  extends Partial<FindingsRecord>,
    Partial<TrainingRecord>,
    Partial<PrivateTrainingRecord>,
    Damageable {}
