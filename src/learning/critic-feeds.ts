import { bootstraps } from "../mpo/row-scores.ts";
import { isHeldOut } from "../mpo/separation.ts";
import type { RandomStream } from "../numeric/random.ts";
import type { Batch, BatchShape } from "./batch.ts";
import { bootstrapPair } from "./bootstrap-pair.ts";
import { type CriticRow, rewardHeadCount } from "./critic-shape.ts";
import type { Examination } from "./examination.ts";

/** A shift of a logit that stands for log 0. */
const negligible = -30;

/** Weight of each row in each reward head: 2^(−age/half-life) · bootstrap count. */
export function drawHeadWeights(
  rows: readonly CriticRow[],
  halfLives: readonly number[],
  random: RandomStream,
): readonly Float32Array[] {
  return rows.map((row) => {
    const weights = new Float32Array(rewardHeadCount);
    for (const [memory, halfLife] of halfLives.entries()) {
      const recency = 2 ** (-row.age / halfLife);
      for (const [b, count] of bootstrapPair(random).entries())
        weights[memory * bootstraps + b] = recency * count;
    }
    return weights;
  });
}

export interface FedRows {
  readonly defaultReward: number;
  readonly headWeights: readonly Float32Array[];
  readonly examination: Examination;
  readonly shape: BatchShape;
}

/** Of a step, by name. */
type Feeds<Name extends string> = Readonly<Record<Name, Float32Array>>;

/**
 * Weights w⁺, w⁻ of softplus(−x) and softplus(x). A reward head: w·r and w·(1 − r) at the logged action. The discriminator:
 * r at the logged action against r·π_θ over the candidates, so that both classes weigh the same; 0 for rows held out from it.
 * It knows no positions, so that rows of one state add up.
 */
export function buildTargets(
  { rows, drawn, stateOf, places }: Batch<CriticRow>,
  { headWeights, shape }: FedRows,
): Feeds<"rewardPositive" | "rewardNegative" | "choicePositive" | "choiceNegative"> {
  const rewardPositive = new Float32Array(rewardHeadCount * shape.rows);
  const rewardNegative = new Float32Array(rewardHeadCount * shape.rows);
  const choicePositive = new Float32Array(shape.states * shape.candidates);
  const choiceNegative = new Float32Array(shape.states * shape.candidates);
  for (const [index, row] of rows.entries()) {
    const one = drawn[index]!;
    for (const [head, own] of headWeights[one.index]!.entries()) {
      const weight = own * one.weight;
      rewardPositive[head * shape.rows + index] = weight * row.reward;
      rewardNegative[head * shape.rows + index] = weight * (1 - row.reward);
    }
    if (row.reward === 0 || isHeldOut(row)) continue;
    const start = stateOf[index]! * shape.candidates;
    const own = places[index]!;
    choicePositive[start + own[row.action]!]! += row.reward;
    for (let a = 0; a < own.length; a++)
      choiceNegative[start + own[a]!]! += row.reward * row.policy[a]!;
  }
  return { rewardPositive, rewardNegative, choicePositive, choiceNegative };
}

const logRatio = (part: number, whole: number) =>
  Math.max(negligible, Math.log(part) - Math.log(whole));

/**
 * Bounds of the predictable reward of each row [B], from (1 − θ_k)·b to that plus θ_k, as
 * `weightedCrossEntropy` takes them.
 */
export function boundFeeds(
  { rows }: Batch<CriticRow>,
  { examination: { values }, defaultReward, shape }: FedRows,
): Feeds<"lower" | "upper"> {
  const lower = new Float32Array(shape.rows).fill(negligible);
  const upper = new Float32Array(shape.rows).fill(negligible);
  for (const [index, row] of rows.entries()) {
    const place = row.shownAt ?? row.position;
    const seen = row.isViewed ? 1 : values[Math.min(place, values.length - 1)]!;
    const least = (1 - seen) * defaultReward;
    const unreached = (1 - seen) * (1 - defaultReward);
    lower[index] = logRatio(least, least + seen);
    upper[index] = logRatio(unreached, unreached + seen);
  }
  return { lower, upper };
}
