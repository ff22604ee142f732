import type { GateRecord, PredictedLift } from "../domain/gate-record.ts";
import { expecting } from "./gate-reason.ts";

/** Standard deviation of true lifts about 0 in loops of the laboratory, as a share of the serving policy's value. */
const usualSpread = 0.2;
/** It counts as much as this many exactly known lifts. */
const usualCandidates = 4;
/** A site whose candidates have shown no gain so far may still have one. */
const leastSpread = 0.02;

/** A lift that was measured, off-policy or live. */
export interface JudgedLift extends PredictedLift {
  readonly standardError?: number;
}

interface ScaledLift {
  /** Difference → share of the serving policy's value. */
  readonly scale: number;
  readonly difference: number;
  readonly standardError: number;
}

/** Undefined without a lift: nothing was judged, or the serving policy earns nothing. */
function scaleLift({
  difference,
  standardError,
  relativeLift,
}: JudgedLift): ScaledLift | undefined {
  if (!difference || relativeLift === undefined || standardError === undefined) return undefined;
  return { scale: relativeLift / difference, difference, standardError };
}

/**
 * τ, standard deviation about 0 of the true lifts of a scenario's candidates, from their judged ones, promoted or not. Each has
 * lift² − s.e.² as an unbiased estimate of τ², and its precision as weight; the usual τ² counts as `usualCandidates` of them.
 */
export function spreadOfLifts(judged: readonly JudgedLift[]): number {
  let weights = usualCandidates / usualSpread ** 4;
  let sum = weights * usualSpread ** 2;
  for (const { scale, difference, standardError } of judged.flatMap(
    (one) => scaleLift(one) ?? [],
  )) {
    const variance = (scale * standardError) ** 2;
    const weight = 1 / (usualSpread ** 2 + variance) ** 2;
    weights += weight;
    sum += weight * ((scale * difference) ** 2 - variance);
  }
  return Math.sqrt(Math.max(leastSpread ** 2, sum / weights));
}

/**
 * The lift to be expected of a candidate: the mean of its true lift given the judged one, with true lifts of N(0, τ²). What is promoted
 * was selected for a judged lift that is large, by luck too; this mean is right whatever the selection, and however often it looked
 * (empirical Bayes: Robbins 1956, Efron 2011). With f = τ²/(τ² + s.e.²) the lift is f times, and its interval √f times as large.
 *
 * @param spread τ, see `spreadOfLifts`
 * @returns undefined if there is no lift
 */
export function expectLift(judged: JudgedLift, spread: number): PredictedLift | undefined {
  const scaled = scaleLift(judged);
  if (scaled === undefined || judged.interval === undefined) return undefined;
  const { scale, difference: found, standardError } = scaled;
  const factor = spread ** 2 / (spread ** 2 + (scale * standardError) ** 2);
  const difference = factor * found;
  const width = Math.sqrt(factor) * (judged.interval[1] - found);
  const interval = [difference - width, difference + width] as const;
  return {
    difference,
    interval,
    relativeLift: scale * difference,
    relativeInterval: [scale * interval[0], scale * interval[1]],
  };
}

/** The record with the lift to be expected, which a sentence about a promotion or a canary also says. */
export function withExpectedLift(gate: GateRecord, spread: number): GateRecord {
  const expected = expectLift(gate, spread);
  if (expected === undefined) return gate;
  const isChosen = gate.verdict === "promote" || gate.verdict === "canary";
  return { ...gate, expected, ...(isChosen && { reason: gate.reason + expecting(expected) }) };
}
