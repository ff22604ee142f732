import type { Verdict } from "../domain/cycle.ts";

// Types, not interfaces: only those fit JsonObject.

/** A test that a candidate must pass whatever its gain; value and limit in the unit that the name says. */
export type Guard = {
  readonly name: string;
  readonly value: number;
  readonly limit: number;
  readonly passed: boolean;
};

/** One form of the paired difference, candidate minus serving policy, reward units a row. */
export type GateStatistic = {
  readonly difference: number;
  readonly standardError: number;
  /** Part of it that other rows of the same users have too. */
  readonly sharedError: number;
  /** Two one-sided bounds, each at the promotion confidence. */
  readonly interval: readonly [number, number];
  /** P(Δ > 0) = Φ(z). */
  readonly probabilityPositive: number;
  readonly servingValue: number;
};

/** What was measured: absent where input was refused, too small, or too far from the log to say anything. */
export type GateEvidence = {
  /** The form that decides; difference, error, interval and relative lift are its. */
  readonly statistic: "doubly robust" | "censored" | "pooled";
  /** That are pooled, this one included; absent where this one decides alone. */
  readonly looks?: number;
  readonly difference: number;
  readonly standardError: number;
  readonly sharedError: number;
  readonly interval: readonly [number, number];
  /** Of the form that decides, or the smaller of both where this look decides alone. */
  readonly probabilityPositive: number;
  /** Difference over the serving policy's value, where that is positive. */
  readonly relativeLift?: number;
  readonly predictedDifference: number;
  readonly minimalDetectableDifference: number;
  readonly doublyRobust: GateStatistic;
  readonly censored: GateStatistic;
};

/** The gate's answer as plain JSON. */
export type GateRecord = {
  readonly verdict: Verdict;
  /** One sentence for a person. */
  readonly reason: string;
  readonly rows: number;
  /** Users. */
  readonly clusters?: number;
  readonly effectiveSampleShare?: number;
  readonly guards: readonly Guard[];
} & Partial<GateEvidence>;
