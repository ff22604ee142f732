import type { DistilObjective } from "./mpo-configuration.ts";

// The record of `src/mpo/improve.ts`: policies compared, settings tried, models fitted.

/** Δ = log π_θ(a|s) − log π_φ(a|s) with a ∼ π_θ: the paper's policy difference, whose mean is KL(π_θ ‖ π_φ) in nats. */
export interface PolicyDifference {
  readonly mean: number;
  readonly p05: number;
  readonly p50: number;
  readonly p95: number;
  readonly max: number;
  /** Absent in records of before it was made, and if all Δ are equal. */
  readonly histogram?: DifferenceHistogram;
}

/** Mass under π_θ in buckets of one width from the least to the largest Δ; bucket i ends at `limits[i]`. */
export interface DifferenceHistogram {
  readonly min: number;
  readonly max: number;
  readonly limits: readonly number[];
  readonly masses: readonly number[];
}

export interface SegmentDifference extends PolicyDifference {
  /** Users by amount of history. */
  readonly segment: string;
  readonly states: number;
}

/** Limit of challengers: D holds the mass on implausible candidates down. */
export interface Restraint {
  /** μ ≥ 0, in units of the reward model's spread at the state per logit of D below −2. */
  readonly strength: number;
  /** Mass of π_φ on candidates with D < −2, mean over states, at μ = 0 and at μ. */
  readonly massBefore: number;
  readonly massAfter: number;
}

/** ω, the setting of a challenger (docs/methods/mpo.md, step 2). */
export interface ChallengerSetting {
  readonly name: string;
  /** ε: mean KL(π_φ ‖ π_ref^ρ) over states, nats. */
  readonly klRadius: number;
  /** κ: standard deviations of the reward model that are taken off. */
  readonly pessimism: number;
  /** α: weight of the discriminator in units of the reward model's spread at the state. */
  readonly discriminator: number;
  /** ρ in [0, 1]: 1 stays near the serving policy, 0 forgets it. */
  readonly proximity: number;
  /** Weight of each memory length, summing to one. */
  readonly memory: readonly number[];
}

/** A setting that was tried, and how its challenger was judged. */
export interface TriedSetting extends ChallengerSetting {
  /** Mean KL(π_φ ‖ π_θ) on the judging rows, nats. */
  readonly kl: number;
  readonly difference: number;
  /** Null if no row judged. So is its part that other rows of the same users have too. */
  readonly standardError: number | null;
  readonly sharedError: number | null;
  readonly z: number;
  readonly servingValue: number;
  /** Of the meta-policy, as a share of the serving value. */
  readonly predicted: number;
  readonly predictedDeviation: number;
  /** w_j, its share in the mixture. */
  readonly weight: number;
  readonly restraint?: Restraint;
}

export interface SeparationRecord {
  /** Area under the ROC curve; 0.5 if one class has no rows. */
  readonly auc: number;
  /** Absent for fewer than two rows. */
  readonly standardError?: number;
}

/** An item that is too good to be true: the reward model expects much of it, satisfied users don't choose it. */
export interface DoubtfulItem {
  readonly itemId: string;
  /** Rows that had it among their candidates. */
  readonly states: number;
  /** Mean Q̄ over those: in [0, 1] during a cycle, in reward units on record. */
  readonly prediction: number;
  /** Mean of Q̄ less the candidates' mean, in units of their spread. */
  readonly excess: number;
  /** Mean D, a logit. */
  readonly discriminator: number;
  /**
   * Rows that showed it, and its mean reward there, in the unit of `prediction`; absent if none
   * did.
   */
  readonly shown: number;
  readonly reward?: number;
}

/** Expected calibration error of the reward model on rows that its heads and its maps have not seen, rewards in [0, 1]. */
export interface CalibrationRecord {
  readonly rows: number;
  /** Absent without rows. */
  readonly errorBefore?: number;
  readonly errorAfter?: number;
  /** Of rewarded choices from others at the same position, by the raw predictions. Absent without both kinds, and in records of before it was measured. */
  readonly separation?: SeparationRecord;
}

export interface LossRecord {
  readonly firstLoss: number;
  readonly lastLoss: number;
}

export interface DistillationRecord extends LossRecord {
  readonly objective: DistilObjective;
  readonly epochs: number;
  readonly steps: number;
  /**
   * KL(t ‖ π_θ), from the serving policy to the target, and KL(t ‖ π_θ'), the remainder after
   * distillation; nats.
   */
  readonly way: number;
  readonly gap: number;
  /** Minimum effective sample share of each target: the step. Absent without a policy to protect, and in records of before it was chosen. */
  readonly sampleShare?: number;
}
