import { logitWithin } from "../numeric/logistic.ts";

interface InterceptRow {
  readonly reward: number;
}

/** Mean rewards nearer to 0 or 1 than this start there, so that a log without rewards has a start too. */
const smallestMean = 1e-3;

/**
 * Start of heads that know nothing: the log odds of their mean reward, 0 for all others. Otherwise
 * they would first learn to lower the shown items, and the others would look good beside them.
 * @param headWeights of each row by head
 */
export function startingIntercept(
  rows: readonly InterceptRow[],
  headWeights: readonly Float32Array[],
  options: { readonly heads: number; readonly fresh: readonly number[] },
): Float32Array {
  const intercept = new Float32Array(options.heads);
  for (const head of options.fresh) {
    let rewards = 0;
    let total = 0;
    for (const [index, { reward }] of rows.entries()) {
      rewards += headWeights[index]![head]! * reward;
      total += headWeights[index]![head]!;
    }
    const mean = total === 0 ? 0.5 : rewards / total;
    intercept[head] = logitWithin(smallestMean)(mean);
  }
  return intercept;
}

/**
 * The bias of every item, the row of unknown ones included, with the intercept in it.
 * @param itemBias [items, columns], the heads of the intercept first
 */
export function foldIntercept(
  itemBias: Float32Array,
  intercept: Float32Array,
  columns: number,
): Float32Array {
  return itemBias.map((value, cell) => value + (intercept[cell % columns] ?? 0));
}
