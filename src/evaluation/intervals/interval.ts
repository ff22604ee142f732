import { EngineError } from "../../domain/errors.ts";
import { type AllowedRange, checkLength, checkNumber, checkNumbers } from "../checks.ts";

/** A two-sided confidence interval in the units of its estimate. */
export interface Interval {
  readonly lower: number;
  readonly upper: number;
  /** Nominal coverage, in (0, 1). */
  readonly level: number;
}

/** Range of the numbers, known beforehand: a range taken from the data proves nothing. */
export interface Bounds {
  readonly low: number;
  readonly high: number;
}

/** Independent draws within known bounds. Rows of one user are not independent: pass one number a user. */
export interface BoundedSamples extends Bounds {
  readonly samples: Float64Array;
  /** Default 0.95. */
  readonly level?: number;
}

/** Independent rows of a log with their weights for a target policy. */
export interface WeightedRewards extends Bounds {
  /** r in [low, high]. */
  readonly rewards: Float64Array;
  /** w = π/p ≥ 0 of each row, not clipped. */
  readonly importanceWeights: Float64Array;
  /** Default 0.95. */
  readonly level?: number;
}

/** 1 − level, the probability to miss. @throws invalid_request for a level outside (0, 1) */
export function missProbability(level = 0.95): number {
  checkNumber("level", level, {
    low: Number.EPSILON,
    high: 1 - Number.EPSILON,
    expected: "in (0, 1)",
    remedy: "pass 0.95 for a 95 % interval",
  });
  return 1 - level;
}

/** @throws invalid_request unless low < high, both finite */
export function checkBounds({ low, high }: Bounds): void {
  if (low < high && Number.isFinite(high - low)) return;
  throw new EngineError(
    "invalid_request",
    `bounds must be finite with low < high, got ${low} and ${high}; pass the smallest and the largest possible value`,
    { details: { field: "low", value: low, high } },
  );
}

/** The remedy is the caller's knowledge: only the caller knows the possible values. */
export const withinBounds = ({ low, high }: Bounds): AllowedRange => ({
  low,
  high,
  expected: `in [${low}, ${high}]`,
  remedy: "pass bounds that hold for every possible value",
});

export const weightRange: AllowedRange = {
  low: 0,
  high: Number.MAX_VALUE,
  expected: "≥ 0 and finite",
  remedy: "pass target probability over propensity",
};

function checkSome(field: string, values: Float64Array): void {
  if (values.length > 0) return;
  throw new EngineError(
    "invalid_request",
    `${field} must have at least one entry, got 0; wait until there is feedback`,
    { details: { field, value: 0 } },
  );
}

/** @throws invalid_request for no samples, bad bounds, or a sample outside them */
export function checkBoundedSamples({ samples, ...bounds }: BoundedSamples): void {
  checkBounds(bounds);
  checkSome("samples", samples);
  checkNumbers("samples", samples, withinBounds(bounds));
}

/** @throws invalid_request for no rows, lengths that differ, bad bounds, a reward outside them, or a negative weight */
export function checkWeightedRewards(options: WeightedRewards): void {
  const { rewards, importanceWeights, ...bounds } = options;
  checkBounds(bounds);
  checkSome("rewards", rewards);
  checkNumbers("rewards", rewards, withinBounds(bounds));
  checkLength("importanceWeights", importanceWeights.length, rewards.length);
  checkNumbers("importanceWeights", importanceWeights, weightRange);
}
