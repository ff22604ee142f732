import type { ServingEvaluation } from "../domain/cycle-record.ts";

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
export function findFall<Earlier extends { readonly evaluation: ServingEvaluation }>(
  { rows, successRate, interval: [, most] }: ServingEvaluation,
  earlier: readonly Earlier[],
  defaultReward: number,
): Earlier | undefined {
  if (rows * successRate < fewestRewarded) return undefined;
  return earlier.find(({ evaluation: { interval } }) => {
    const [least] = interval;
    return least > defaultReward && most - defaultReward < leftOver * (least - defaultReward);
  });
}

/** Area under the ROC curve, with its error; absent for fewer than two rows. */
interface Area {
  readonly auc: number;
  readonly standardError?: number;
}

/** Whether a model told rewards apart before, and tells none any more: by the ends of both one-sided 95 % intervals. */
export function isForgotten(now: Area, before: Area): boolean {
  const most = now.auc + deviations * (now.standardError ?? Number.POSITIVE_INFINITY);
  const least = before.auc - deviations * (before.standardError ?? Number.POSITIVE_INFINITY);
  return most < Math.min(toldNothing, least);
}
