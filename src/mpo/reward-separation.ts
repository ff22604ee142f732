import { areaUnderCurve } from "../numeric/area-under-curve.ts";
import type { JudgedRow } from "./judged-row.ts";
import { chosenMean, evenMemory, type ScoredRow } from "./row-scores.ts";
import type { Separation } from "./separation.ts";

/**
 * How well the reward model tells rewarded choices from others at the same position, on rows that it has not seen. The error is that of
 * an area of a half (Mann & Whitney 1947), as if each row had a user of its own.
 * @param unrewarded reward of a row without an event, in [0, 1]
 * @returns undefined if no position has rows of both kinds
 */
export function rewardSeparation(
  scored: readonly ScoredRow<JudgedRow>[],
  unrewarded: number,
): Separation | undefined {
  let [total, sum, squares] = [0, 0, 0];
  for (const position of new Set(scored.map(({ row }) => row.position))) {
    const there = scored.filter(({ row }) => row.position === position);
    const isRewarded = there.map(({ row }) => row.reward > unrewarded);
    const count = isRewarded.filter((one) => one).length;
    if (count === 0 || count === there.length) continue;
    const predicted = there.map(({ row, scores }) => chosenMean(scores, evenMemory, row.action));
    total += count;
    sum += count * areaUnderCurve(predicted, isRewarded);
    squares += (count ** 2 * (1 / count + 1 / (there.length - count))) / 12;
  }
  return total === 0 ? undefined : { auc: sum / total, standardError: Math.sqrt(squares) / total };
}
