/** Differential privacy of trainings, with a user as the unit. */
export interface DifferentialSettings {
  /** ε: budget of all trainings of the record together. */
  readonly epsilon: number;
  /** δ: less than one over the number of users. */
  readonly delta: number;
  /** Trainings between which the budget is divided. */
  readonly trainings: number;
  /** C: longest gradient of a user in a step. */
  readonly clip: number;
  /** q: chance of a user to be in a step. */
  readonly samplingRate: number;
}

/** The part of the budget that a training has spent, and how. */
export interface PrivacyRecord {
  /** ε of all trainings of the record up to this one, which a snapshot of it is private with. */
  readonly epsilon: number;
  readonly delta: number;
  /** ε of this training alone. */
  readonly ownEpsilon: number;
  /** ε of the budget. */
  readonly budget: number;
  /** Steps that ran, with their noise σ in units of the clip. */
  readonly steps: number;
  readonly noise: number;
  /** Noise of counts and pairs, in units of the longest contribution of a user. */
  readonly countsNoise: number;
  readonly pairsNoise: number;
  readonly samplingRate: number;
  readonly clip: number;
}

/** The part of a budget that a snapshot is private with. */
export type PrivacyEvidence = Pick<PrivacyRecord, "epsilon" | "delta">;

/** The claim of ε, in a sentence for a person. */
export const privacyClaim =
  "covers the bytes of encoder, policy and baseline; not verdicts, measured figures, times and numbers of events, or slates that users get from their own history";
