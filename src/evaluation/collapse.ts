import type { ServingEvaluation } from "../domain/cycle-record.ts";
import { areaUnderCurve } from "../numeric/area-under-curve.ts";

/** Part of an earlier cycle's rewards that is left after a collapse, at most. */
const leftOver = 0.5;
/** Chance that a rewarded choice has the higher prediction: below it, earlier knowledge tells nothing any more. */
const toldNothing = 0.55;
/** z_0.95. */
const deviations = 1.6449;
/** Rewards that a fall must still have, so that a stream of events that broke off is none. */
const fewestRewarded = 30;

/**
 * The newest of the earlier evaluations of which less than half is left, by the ends of both 95 % intervals.
 * @param defaultReward of a row without an event, reward units
 */
export function findFall<Earlier extends { readonly evaluation?: ServingEvaluation | undefined }>(
  { rows, successRate, interval: [, most] }: ServingEvaluation,
  earlier: readonly Earlier[],
  defaultReward: number,
): Earlier | undefined {
  if (rows * successRate < fewestRewarded) return undefined;
  return earlier.find(({ evaluation }) => {
    const [least] = evaluation?.interval ?? [defaultReward];
    return least > defaultReward && most - defaultReward < leftOver * (least - defaultReward);
  });
}

/** A row's prediction from before it, and whether it was rewarded. */
export interface ToldReward {
  readonly position: number;
  readonly predicted: number;
  readonly isRewarded: boolean;
}

/**
 * The chance that a rewarded row has the higher prediction of two at the same position, if predictions tell nothing any more: its upper
 * end at 95 % is below 0.55. The error is that of a chance of a half (Mann & Whitney 1947). Else undefined.
 */
export function findUntold(rows: readonly ToldReward[]): number | undefined {
  let [total, sum, squares] = [0, 0, 0];
  for (const position of new Set(rows.map((row) => row.position))) {
    const there = rows.filter((row) => row.position === position);
    const isRewarded = there.map((row) => row.isRewarded);
    const count = isRewarded.filter((one) => one).length;
    if (count === 0 || count === there.length) continue;
    const predictions = there.map(({ predicted }) => predicted);
    total += count;
    sum += count * areaUnderCurve(predictions, isRewarded);
    squares += (count ** 2 * (1 / count + 1 / (there.length - count))) / 12;
  }
  const chance = sum / total;
  return chance + (deviations * Math.sqrt(squares)) / total < toldNothing ? chance : undefined;
}
