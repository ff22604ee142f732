import type { Verdict } from "./cycle-outcome.ts";

export const gateStatistics = ["doubly robust", "censored", "pooled"] as const;

/**
 * A test that a candidate must pass independent of its gain; value and limit in the unit that the
 * name says.
 */
export interface Guard {
  readonly name: string;
  readonly value: number;
  readonly limit: number;
  readonly passed: boolean;
  /** Of a guard metric, in shares of the serving policy's value. */
  readonly metric?: {
    readonly margin: number;
    /** Events that were counted; of a measure of activity, users. */
    readonly outcomes: number;
    /** False if its traffic can't decide about its margin: it has not passed then. */
    readonly isDecided: boolean;
    /** Of the change; absent if it can't be told. */
    readonly standardError?: number;
    /** The smallest margin that its traffic can decide about. */
    readonly smallestMargin?: number;
  };
}

/** Candidate minus serving policy, reward units a row. */
export interface GateDifference {
  readonly difference: number;
  readonly standardError: number;
  /** Part of it that other rows of the same users have too. */
  readonly sharedError: number;
}

/** One form of the paired difference. */
export interface GateStatistic extends GateDifference {
  /** Two one-sided bounds, each at the promotion confidence. */
  readonly interval: readonly [number, number];
  /** P(Δ > 0) = Φ(z). */
  readonly probabilityPositive: number;
  readonly servingValue: number;
}

/** Measurements; absent if input was refused, too small, or too far from the log. */
export interface GateEvidence extends GateDifference {
  /** The form that decides; difference, error, interval and relative lift are its. */
  readonly statistic: (typeof gateStatistics)[number];
  /** Number of pooled looks, this one included; absent if this one decides alone. */
  readonly looks?: number;
  readonly interval: readonly [number, number];
  /** Of the form that decides, or the smaller of both if this look decides alone. */
  readonly probabilityPositive: number;
  /** Difference over the serving policy's value, if that is positive. */
  readonly relativeLift?: number;
  /** On the rows of all other users than the one who adds most to the difference. Its lower bound must be above 0 too. */
  readonly withoutOneUser: GateDifference;
  readonly predictedDifference: number;
  readonly minimalDetectableDifference: number;
  readonly doublyRobust: GateStatistic;
  readonly censored: GateStatistic;
}

/** Logged propensities against the probabilities that the policies which logged them give now. */
export interface SelfCheck {
  /** Rows that were checked: those of the compared policies' own choices. */
  readonly rows: number;
  /** Rows that do not judge: all of each slate with a row that failed. */
  readonly leftOut: number;
  /** Largest |log(π₀/p)|, of the finite ones; 0 up to rounding if all is as it was. */
  readonly largestLogRatio: number;
}

/** Whether rewards of lower positions depend on the items above. */
export interface SlateDependence {
  /** Rows with items above that could have been others. */
  readonly rows: number;
  /** The larger of two, each standard normal if they don't; below 0 if such items above cost a reward. */
  readonly z: number;
  /** Two-sided, of both. */
  readonly pValue: number;
}

/** A lift, with the differences that it stands for. */
export interface PredictedLift {
  readonly difference?: number;
  readonly interval?: readonly [number, number];
  readonly relativeLift?: number;
  readonly relativeInterval?: readonly [number, number];
}

/** Rows that one policy made, as far as they judge. */
export interface GateStratum {
  /** Absent in a laboratory. */
  readonly policyVersion?: number;
  readonly rows: number;
  /** ω of each in the difference, in [0, 1]. */
  readonly weight: number;
}

/** The gate's answer. */
export interface GateRecord extends Partial<GateEvidence> {
  readonly verdict: Verdict;
  /** One sentence for a person. */
  readonly reason: string;
  readonly rows: number;
  /** Users. */
  readonly clusters?: number;
  readonly effectiveSampleShare?: number;
  readonly guards: readonly Guard[];
  /** The lift to be expected, corrected for selection by its size; decides nothing. Absent without a lift, and in records of before. */
  readonly expected?: PredictedLift;
  /** Absent if one policy made all rows. */
  readonly strata?: readonly GateStratum[];
  /** Absent of slates of one, and if a scenario's rewards may depend on the items above. */
  readonly dependence?: SlateDependence;
  /** Absent in records of before it was made. */
  readonly selfCheck?: SelfCheck;
}

/** Pooled result of all looks at the same two policies. */
export interface GateLooks extends GateDifference {
  readonly looks: number;
  /** Absent in records of before it was measured. */
  readonly withoutOneUser?: GateDifference;
}
